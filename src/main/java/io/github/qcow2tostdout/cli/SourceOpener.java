package io.github.qcow2tostdout.cli;

import io.github.qcow2tostdout.source.FileSource;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.source.nbd.NbdSource;
import io.github.qcow2tostdout.source.nbd.NbdUri;
import io.github.qcow2tostdout.source.qemu.QemuSource;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A disk to read as the user names it, and how it is opened.
 *
 * @param name as given
 * @param path the file, if it is one
 * @param format of the file, as QEMU calls it
 * @param uri the NBD export, if it is no file
 */
record SourceOpener(String name, Optional<Path> path, String format, Optional<NbdUri> uri) {
  static final String RAW = "raw";

  /** All that can be read. */
  static final String FORMATS = RAW + ", " + String.join(", ", QemuSource.FORMATS);

  /**
   * Looks at the name and the format; the disk itself is not touched.
   *
   * @param format what QEMU calls it; empty for raw
   * @throws IllegalArgumentException with a message for the user, if they are wrong
   */
  static SourceOpener of(String name, Optional<String> format) {
    return of(name, format, "-f");
  }

  /**
   * The same for another disk than INPUT.
   *
   * @param option that the format comes from
   */
  static SourceOpener of(String name, Optional<String> format, String option) {
    String known = format.orElse(RAW);
    String spelling = option + " " + known;
    if (!isFormat(known)) {
      throw new IllegalArgumentException(spelling + ": not allowed; allowed: " + FORMATS);
    }
    if (!NbdUri.isMeant(name)) {
      return new SourceOpener(name, Optional.of(path(name)), known, Optional.empty());
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
    return new SourceOpener(name, Optional.empty(), known, Optional.of(uri));
  }

  /**
   * Opens a disk.
   *
   * @param format what QEMU calls it; empty for raw
   * @param sparse whether what holds the disk is asked where data is
   * @throws IllegalArgumentException as {@link #of}
   * @throws IOException if the disk can't be read; the message is for the user
   */
  static Source open(String name, Optional<String> format, boolean sparse) throws IOException {
    return of(name, format).open(sparse);
  }

  /** Opens it. */
  Source open(boolean sparse) throws IOException {
    if (uri.isPresent()) {
      return NbdSource.open(uri.get(), sparse);
    }
    return isRawFile()
        ? FileSource.open(path.orElseThrow(), sparse)
        : QemuSource.open(path.orElseThrow(), format, sparse);
  }

  /** Whether QEMU calls one of the formats that can be read so. */
  static boolean isFormat(String name) {
    return name.equals(RAW) || QemuSource.FORMATS.contains(name);
  }

  /** Whether the disk is a file's bytes as they are. */
  boolean isRawFile() {
    return uri.isEmpty() && format.equals(RAW);
  }

  private static Path path(String name) {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(name + ": not a file name: " + e.getReason(), e);
    }
  }
}
