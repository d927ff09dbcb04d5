package io.github.qcow2tostdout;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.FieldRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.util.ArrayList;
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

  /** Which rooms a room may know, itself left out. */
  private static final String ONLY_IN_REPORT = "com/fasterxml/jackson/";

  private static final Map<String, Set<String>> ROOMS =
      Map.of(
          "format", Set.of(),
          "posix", Set.of(),
          "foreign", Set.of("format"),
          "source", Set.of("posix", "foreign"),
          "convert", Set.of("format", "source"),
          "inspect", Set.of("format", "foreign"),
          "report", Set.of("format", "inspect", "convert", "source"),
          "cli", Set.of("format", "posix", "foreign", "source", "convert", "inspect", "report"));

  private static final List<String> ONLY_IN_CLI =
      List.of("picocli/", "org/slf4j/", "me/tongfei/progressbar/");
  private static final String ONLY_IN_POSIX = "java/lang/foreign/";
  private static final Pattern NAME_IN_DESCRIPTOR = Pattern.compile("L((?:[\\w$]+/)+[\\w$]+)[;<]");

  private PackageArrows() {}

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
      if (!roomOf(name).equals("cli") || stream.equals("System.out")) {
        wrong.add(name + " uses " + stream);
      }
    }
    return wrong;
  }

  private static boolean mayKnow(String room, String known) {
    if (known.startsWith(ROOT)) {
      return roomOf(known).equals(room) || ROOMS.get(room).contains(roomOf(known));
    }
    if (known.startsWith(ONLY_IN_POSIX)) {
      return room.equals("posix");
    }
    return known.startsWith("java/")
        || (room.equals("report") && known.startsWith(ONLY_IN_REPORT))
        || (room.equals("cli") && ONLY_IN_CLI.stream().anyMatch(known::startsWith));
  }

  /** The package's name below the root; empty for a class in the root itself, or elsewhere. */
  private static String roomOf(String name) {
    int end = name.lastIndexOf('/');
    return name.startsWith(ROOT) && end >= ROOT.length() ? name.substring(ROOT.length(), end) : "";
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
