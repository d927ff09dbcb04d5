package io.github.qcow2tostdout.cli;

import io.github.qcow2tostdout.source.QemuLocks;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Refuses to read an image while QEMU may write to it, as qemu-img does: what is read then is
 * neither what was nor what will be.
 *
 * @param name for messages
 * @param path leads to it; empty if nobody is asked about it
 */
record HeldImage(String name, Optional<Path> path) {
  static final String FORCE_SHARE = "--force-share";

  /** The option that reads it all the same. */
  static OptionSpec option() {
    return Options.flag("-U", FORCE_SHARE)
        .description(
            "Read IMAGE also while QEMU has it open for writing, where qemu-img refuses too:"
                + " what is read may be half written.")
        .build();
  }

  /** Before it is read. */
  void refuse() throws IOException {
    refuse("QEMU has it open for writing, and what is read now may be half written");
  }

  /** After it was read: somebody may have come meanwhile. */
  void refuseAfterwards() throws IOException {
    refuse("QEMU has opened it for writing meanwhile, and what was read may be half written");
  }

  private void refuse(String what) throws FileSystemException {
    if (path.isPresent() && isHeld(path.get())) {
      throw new FileSystemException(
          name, null, what + "; shut the guest down, or say -U (" + FORCE_SHARE + ")");
    }
  }

  private static boolean isHeld(Path path) {
    try {
      return QemuLocks.on(path).forbidReading();
    } catch (IOException e) {
      // Its name is gone, or there is no /proc to name what is open.
      return false;
    }
  }
}
