package io.github.qcow2tostdout;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.FieldRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rules of docs/design.md about which package knows which, held against one compiled class.
 * What a class knows is in its constant pool: the classes that it uses, and every descriptor,
 * generic signature and annotation.
 */
final class PackageArrows {
  private static final String ROOT = "io/github/qcow2tostdout/";

  private static final String ONLY_IN_MAP = "com/fasterxml/jackson/";

  private static final List<String> ONLY_IN_CLI =
      List.of(
          "picocli/",
          "org/slf4j/",
          // Inherited descriptors and signals, for which the JDK has no public way.
          "jdk/internal/access/SharedSecrets",
          "jdk/internal/access/JavaIOFileDescriptorAccess",
          "jdk/internal/misc/Signal");
  private static final String FOREIGN = "java/lang/foreign/";
  private static final Pattern NAME_IN_DESCRIPTOR = Pattern.compile("L((?:[\\w$]+/)+[\\w$]+)[;<]");

  /** A row of the design's table of rooms: its name, what it hides, what it may know. */
  private static final Pattern ROW = Pattern.compile("\\| `([a-z0-9.]+)` \\| .* \\| ([^|]*) \\|");

  private static final Pattern QUOTED = Pattern.compile("`([a-z0-9.]+)`");

  private static final Map<String, Set<String>> ROOMS = drawn();

  private PackageArrows() {}

  /** The arrows of docs/design.md: which rooms a room may know, itself left out. */
  private static Map<String, Set<String>> drawn() {
    Map<String, Set<String>> rooms = new HashMap<>();
    try {
      for (String line : Files.readAllLines(Path.of("docs/design.md"))) {
        Matcher row = ROW.matcher(line);
        if (row.matches()) {
          Set<String> known = new TreeSet<>();
          QUOTED.matcher(row.group(2)).results().forEach(room -> known.add(room.group(1)));
          rooms.put(row.group(1), known);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Map.copyOf(rooms);
  }

  /** The rooms of the design. */
  static Set<String> rooms() {
    return ROOMS.keySet();
  }

  /** Whether the arrows of the design lead from some room back to itself. */
  static boolean hasCircle() {
    Map<String, Set<String>> reach = new HashMap<>(ROOMS);
    for (int i = 0; i < ROOMS.size(); i++) {
      for (String room : ROOMS.keySet()) {
        Set<String> further = new TreeSet<>(reach.get(room));
        for (String known : reach.get(room)) {
          further.addAll(reach.getOrDefault(known, Set.of()));
        }
        reach.put(room, further);
      }
    }
    return reach.entrySet().stream().anyMatch(e -> e.getValue().contains(e.getKey()));
  }

  /** What is wrong with a class; a line for each arrow that must not be. */
  static Set<String> wrongArrows(byte[] classFile) {
    ClassModel model = ClassFile.of().parse(classFile);
    String name = model.thisClass().asInternalName();
    if (name.equals("module-info")) {
      return Set.of();
    }
    if (roomOf(name).isEmpty() || !ROOMS.containsKey(roomOf(name))) {
      return Set.of(name + " is in no room of the design");
    }
    Set<String> wrong = new TreeSet<>();
    for (String known : knownClasses(model)) {
      if (!mayKnow(roomOf(name), known)) {
        wrong.add(name + " knows " + known);
      }
    }
    for (String stream : standardStreams(model)) {
      // A PrintStream swallows errors: System.out is for nobody.
      if (!isCommandLine(roomOf(name)) || stream.equals("System.out")) {
        wrong.add(name + " uses " + stream);
      }
    }
    return wrong;
  }

  private static boolean mayKnow(String room, String known) {
    if (known.startsWith(ROOT)) {
      return roomOf(known).equals(room) || ROOMS.get(room).contains(roomOf(known));
    }
    if (known.startsWith(FOREIGN)) {
      return room.equals("posix") || room.equals("codec");
    }
    return known.startsWith("java/")
        || (room.equals("report.map") && known.startsWith(ONLY_IN_MAP))
        || (isCommandLine(room) && ONLY_IN_CLI.stream().anyMatch(known::startsWith));
  }

  private static boolean isCommandLine(String room) {
    return room.equals("cli") || room.startsWith("cli.");
  }

  /** The package's name below the root; empty for a class in the root itself, or elsewhere. */
  private static String roomOf(String name) {
    int end = name.lastIndexOf('/');
    return name.startsWith(ROOT) && end >= ROOT.length()
        ? name.substring(ROOT.length(), end).replace('/', '.')
        : "";
  }

  private static Set<String> knownClasses(ClassModel model) {
    Set<String> known = new TreeSet<>();
    for (PoolEntry entry : model.constantPool()) {
      switch (entry) {
        case ClassEntry used when !used.asInternalName().startsWith("[") ->
            known.add(used.asInternalName());
        case Utf8Entry text -> {
          Matcher names = NAME_IN_DESCRIPTOR.matcher(text.stringValue());
          while (names.find()) {
            known.add(names.group(1));
          }
        }
        default -> {}
      }
    }
    return known;
  }

  private static List<String> standardStreams(ClassModel model) {
    List<String> streams = new ArrayList<>();
    for (PoolEntry entry : model.constantPool()) {
      if (entry instanceof FieldRefEntry field) {
        String owner = field.owner().asInternalName();
        String name = field.name().stringValue();
        if (Set.of("java/lang/System", "java/io/FileDescriptor").contains(owner)
            && Set.of("in", "out", "err").contains(name)) {
          streams.add(owner.substring(owner.lastIndexOf('/') + 1) + "." + name);
        }
      }
    }
    return streams;
  }
}
