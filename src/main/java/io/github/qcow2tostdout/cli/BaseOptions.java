package io.github.qcow2tostdout.cli;

import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.source.qemu.QemuAccess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The disk that INPUT is compared with.
 *
 * @param opener how it is opened
 * @param formatSaid whether the user said what its format is
 * @param spelling how the user named it, for messages
 */
record BaseOptions(SourceOpener opener, boolean formatSaid, String spelling) {
  /** What the user called it. */
  String name() {
    return opener.name();
  }

  /** The file, if it is one. */
  Optional<Path> path() {
    return opener.path();
  }

  /**
   * Opens the disk.
   *
   * @param sparse whether what holds it is asked where data is
   * @param access what QEMU may do
   * @throws IllegalArgumentException with a message for the user, if the format has to be said
   */
  Source open(boolean sparse, QemuAccess access) throws IOException {
    Source source = opener.open(sparse, access);
    try {
      if (!formatSaid) {
        UnsaidFormat.refuseBase(spelling, source);
      }
      return source;
    } catch (IOException | RuntimeException | Error e) {
      source.close();
      throw e;
    }
  }
}
