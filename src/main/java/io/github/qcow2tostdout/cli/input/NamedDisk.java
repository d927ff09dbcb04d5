package io.github.qcow2tostdout.cli.input;

import io.github.qcow2tostdout.cli.option.FileName;
import io.github.qcow2tostdout.cli.option.OptionSpecs;
import io.github.qcow2tostdout.cli.option.Program;
import io.github.qcow2tostdout.source.FileSource;
import io.github.qcow2tostdout.source.HoleSource;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.source.nbd.NbdSource;
import io.github.qcow2tostdout.source.nbd.NbdUri;
import io.github.qcow2tostdout.source.qcow2.ImageAccess;
import io.github.qcow2tostdout.source.qcow2.ImageOpener;
import io.github.qcow2tostdout.source.qemu.QemuSource;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A disk to read as the user names it, and how it is opened.
 *
 * @param name as given
 * @param path the file, if it is one
 * @param format of the file, as QEMU calls it
 * @param uri the NBD export, if it is no file
 * @param size bytes of a disk that is neither of them and holds nothing
 */
public record NamedDisk(
    String name, Optional<Path> path, String format, Optional<NbdUri> uri, OptionalLong size) {
  public static final String RAW = "raw";

  /** The option that says what INPUT is; others say what it is compared with. */
  private static final String INPUT_OPTION = "-f";

  /** What the first bytes say; only where the user wants it so. */
  static final String AUTO = "auto";

  /** All that can be read. */
  public static final List<String> FORMATS = concatenated(List.of(RAW), QemuSource.FORMATS);

  /**
   * Looks at the name and the format; the disk itself is not touched.
   *
   * @param format what QEMU calls it; empty for raw
   * @throws IllegalArgumentException with a message for the user, if they are wrong
   */
  public static NamedDisk of(String name, Optional<String> format) {
    if (format.equals(Optional.of(AUTO)) && !NbdUri.isMeant(name)) {
      return file(name, AUTO, INPUT_OPTION);
    }
    return of(name, format.map(said -> said.equals(AUTO) ? RAW : said), INPUT_OPTION);
  }

  /**
   * The same for another disk than INPUT.
   *
   * @param option that the format comes from
   */
  public static NamedDisk of(String name, Optional<String> format, String option) {
    String known = format.orElse(RAW);
    String spelling = option + " " + known;
    if (!isFormat(known)) {
      throw OptionSpecs.refused(
          spelling, known, option.equals(INPUT_OPTION) ? formatsAnd(AUTO) : FORMATS);
    }
    if (!NbdUri.isMeant(name)) {
      return file(name, known, option);
    }
    NbdUri uri = NbdUri.parse(name);
    if (!known.equals(RAW)) {
      throw new IllegalArgumentException(
          spelling
              + " needs a file; what NBD brings is the disk itself, say "
              + option
              + " "
              + RAW);
    }
    return new NamedDisk(name, Optional.empty(), known, Optional.of(uri), OptionalLong.empty());
  }

  private static NamedDisk file(String name, String format, String option) {
    FileName.noAddress(
        name,
        option.equals(INPUT_OPTION)
            ? "curl -f URI | " + Program.NAME + " -"
            : "curl -f -o FILE URI, and give that file");
    return new NamedDisk(
        name, Optional.of(path(name)), format, Optional.empty(), OptionalLong.empty());
  }

  /** A disk of so many bytes that holds nothing. */
  static NamedDisk ofSize(String name, long size) {
    return new NamedDisk(name, Optional.empty(), RAW, Optional.empty(), OptionalLong.of(size));
  }

  /**
   * Opens it.
   *
   * @param access how that is done
   * @throws IOException if the disk can't be read; the message is for the user
   */
  Source open(ImageAccess access) throws IOException {
    if (size.isPresent()) {
      return new HoleSource(name, size.getAsLong());
    }
    if (uri.isPresent()) {
      return NbdSource.open(uri.get(), access.sparse());
    }
    Path file = path.orElseThrow();
    if (isRawFile()) {
      return FileSource.open(file, access.sparse());
    }
    return format.equals(AUTO) ? detected(file, access) : ImageOpener.open(file, format, access);
  }

  private static Source detected(Path file, ImageAccess access) throws IOException {
    FileSource raw = FileSource.open(file, access.sparse());
    try {
      Optional<String> found = UnsaidFormat.image(raw);
      if (found.isEmpty()) {
        return raw;
      }
      raw.close();
      return ImageOpener.open(file, found.get(), access);
    } catch (IOException | RuntimeException | Error e) {
      raw.close();
      throw e;
    }
  }

  /** All that can be read, and something else that an option takes. */
  public static List<String> formatsAnd(String more) {
    return concatenated(FORMATS, List.of(more));
  }

  /** Without the classes of streams, which take their time at each start. */
  private static List<String> concatenated(List<String> first, List<String> second) {
    List<String> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }

  /** Whether QEMU calls one of the formats that can be read so. */
  public static boolean isFormat(String name) {
    return FORMATS.contains(name);
  }

  /** Whether the disk is a file's bytes as they are. */
  public boolean isRawFile() {
    return path.isPresent() && format.equals(RAW);
  }

  /** What the user calls a file, as a path. */
  static Path path(String name) {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(name + ": not a file name: " + e.getReason(), e);
    }
  }
}
