package io.github.qcow2tostdout.foreign;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A descriptor of VMware's: which files a disk lies in. It is text, and QEMU reads it loosely; so
 * QEMU gets {@link #rewritten}, in which there is nothing but what is understood here.
 *
 * @param createType as it says
 * @param cids the lines that tell a disk from another version of it
 * @param extents in the order of the disk
 * @param problem why it must not be read, if that is so
 */
public record VmdkDescriptor(
    String createType, List<String> cids, List<Extent> extents, Optional<String> problem) {

  /**
   * A part of the disk.
   *
   * @param sectors of 512 bytes
   * @param type {@code FLAT}, say
   * @param name of the file, as it is written
   * @param tail what follows the name
   */
  public record Extent(long sectors, String type, String name, String tail) {
    /** Whether the file is sparse, and has a header of its own. */
    public boolean isSparse() {
      return type.equals("SPARSE");
    }
  }

  /** The longest name that QEMU reads in a line, in bytes. */
  public static final int MAX_NAME = 511;

  /** More files than that are no disk's. */
  static final int MAX_EXTENTS = 4096;

  private static final long SECTOR = 512;
  private static final Set<String> TYPES =
      Set.of("FLAT", "SPARSE", "VMFS", "VMFSSPARSE", "SESPARSE");
  private static final Pattern CREATE_TYPE = Pattern.compile("createType=\"([A-Za-z0-9]{1,64})\"");
  private static final Pattern CID = Pattern.compile("(?m)^(?:parent)?CID=[0-9a-fA-F]{1,8}\\s*$");
  private static final Pattern ACCESS =
      Pattern.compile("(RW|RDONLY|NOACCESS)(?:\\s.*)?", Pattern.DOTALL);
  private static final Pattern EXTENT =
      Pattern.compile(
          "RW\\s+(\\d{1,18})\\s+([A-Za-z0-9]{1,16})\\s+\"([^\"\\r\\n]+)\"((?:\\s+\\d{1,18})?)\\s*");
  private static final String PARENT = "parentFileNameHint";

  /** The bytes of a descriptor up to their first zero, as QEMU takes them. */
  static String text(ImageBytes bytes, long offset, int length) throws IOException {
    return ForeignHeader.name(bytes.read(offset, length));
  }

  /** Reads a descriptor; empty if it is none. */
  static Optional<VmdkDescriptor> parse(String text) {
    Matcher type = CREATE_TYPE.matcher(text);
    if (!type.find()) {
      return Optional.empty();
    }
    List<String> cids = CID.matcher(text).results().map(line -> line.group().strip()).toList();
    List<Extent> extents = new ArrayList<>();
    Optional<String> problem = Optional.empty();
    for (String line : text.split("\n")) {
      String stripped = line.strip();
      if (ACCESS.matcher(stripped).matches()) {
        Matcher extent = EXTENT.matcher(stripped);
        if (!extent.matches() || !TYPES.contains(extent.group(2))) {
          // QEMU passes over such lines, and what is behind them comes too early in the disk.
          problem =
              Optional.of("QEMU does not read what is in the line of its descriptor: " + stripped);
        } else if (extents.size() < MAX_EXTENTS) {
          extents.add(
              new Extent(
                  Long.parseLong(extent.group(1)),
                  extent.group(2),
                  extent.group(3),
                  extent.group(4).strip()));
        } else {
          problem = Optional.of("its descriptor has more than " + MAX_EXTENTS + " extents");
        }
      }
    }
    return Optional.of(new VmdkDescriptor(type.group(1), cids, List.copyOf(extents), problem));
  }

  /**
   * The parent that a descriptor names.
   *
   * @param offset of the descriptor
   */
  static Optional<BackingName> parent(String text, long offset) {
    int at = text.indexOf(PARENT);
    if (at < 0) {
      return Optional.empty();
    }
    int start = at + PARENT.length() + "=\"".length();
    int end = start > text.length() ? -1 : text.indexOf('"', start);
    boolean whole = end >= 0 && end - start <= ForeignHeader.MAX_NAME;
    String name = whole ? text.substring(start, end) : "of a name without an end";
    return Optional.of(
        new BackingName(
            name.isEmpty()
                ? Optional.empty()
                : Optional.of(
                    new NamedFile(
                        NamedFile.Role.BACKING, name, Optional.of(VmdkHeader.FORMAT), offset + at)),
            whole ? Optional.empty() : Optional.of("the name of its parent has no end")));
  }

  ForeignHeader header(String text) {
    List<NamedFile> files = new ArrayList<>();
    long sectors = 0;
    for (Extent extent : extents) {
      files.add(new NamedFile(NamedFile.Role.EXTENT, extent.name(), Optional.empty(), 0));
      sectors += extent.sectors();
      sectors = sectors < 0 || sectors > Long.MAX_VALUE / SECTOR ? 0 : sectors;
    }
    ForeignHeader plain =
        ForeignHeader.of(VmdkHeader.FORMAT, files, OptionalLong.of(sectors * SECTOR), false)
            .with(this);
    ForeignHeader checked = problem.map(plain::because).orElse(plain);
    Optional<BackingName> parent = parent(text, 0);
    return parent.isPresent() ? parent.get().in(checked) : checked;
  }

  /**
   * A descriptor of the same disk with nothing else in it.
   *
   * @param place what the file of an extent is called
   */
  public String rewritten(Function<Extent, String> place) {
    return "# Disk DescriptorFile\nversion=1\n"
        + cids.stream().map(line -> line + "\n").collect(Collectors.joining())
        + "createType=\""
        + createType
        + "\"\n"
        + extents.stream()
            .map(extent ->
                "RW "
                    + extent.sectors()
                    + " "
                    + extent.type()
                    + " \""
                    + place.apply(extent)
                    + "\" "
                    + extent.tail()
                    + "\n")
            .collect(Collectors.joining());
  }
}
