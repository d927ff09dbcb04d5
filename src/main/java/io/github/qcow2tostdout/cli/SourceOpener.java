package io.github.qcow2tostdout.cli;

import io.github.qcow2tostdout.source.FileSource;
import io.github.qcow2tostdout.source.NbdSource;
import io.github.qcow2tostdout.source.NbdUri;
import io.github.qcow2tostdout.source.Source;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A disk to read as the user names it, and how it is opened.
 *
 * @param name as given
 * @param path the file, if it is one
 * @param uri the NBD export otherwise
 */
record SourceOpener(String name, Optional<Path> path, Optional<NbdUri> uri) {
  static final String RAW = "raw";

  /**
   * Looks at the name and the format; the disk itself is not touched.
   *
   * @param format what QEMU calls it; empty for raw
   * @throws IllegalArgumentException with a message for the user, if they are wrong
   */
  static SourceOpener of(String name, Optional<String> format) {
    if (!format.orElse(RAW).equals(RAW)) {
      throw new IllegalArgumentException(
          "-f " + format.get() + ": reading this format is not there yet; allowed: " + RAW);
    }
    return NbdUri.isMeant(name)
        ? new SourceOpener(name, Optional.empty(), Optional.of(NbdUri.parse(name)))
        : new SourceOpener(name, Optional.of(path(name)), Optional.empty());
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
    return uri.isPresent()
        ? NbdSource.open(uri.get(), sparse)
        : FileSource.open(path.orElseThrow(), sparse);
  }

  private static Path path(String name) {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(name + ": not a file name: " + e.getReason(), e);
    }
  }
}
