package io.github.qcow2tostdout.cli.input;

import io.github.qcow2tostdout.cli.option.HelpGroup;
import io.github.qcow2tostdout.cli.option.OptionSpecs;
import io.github.qcow2tostdout.source.QemuLocks;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Refuses to read an image while QEMU may write to it, as qemu-img does: what is read then is
 * neither what was nor what will be.
 */
public final class HeldImage {
  public static final String FORCE_SHARE = "--force-share";
  public static final String FORCE_SHARE_SHORT = "-U";

  /** Who has read for less than this does not ask again, which would take a tenth of it. */
  private static final long LONG_NANOS = 50_000_000;

  private final String name;
  private final Optional<Path> path;
  private final LockList locks;
  private final long began = System.nanoTime();

  /**
   * Asks nothing yet.
   *
   * @param name for messages
   * @param path leads to the image; empty if nobody is to be asked about it
   */
  public HeldImage(String name, Optional<Path> path, LockList locks) {
    this.name = name;
    this.path = path;
    this.locks = locks;
  }

  /** The option that reads it all the same. */
  public static OptionSpec option() {
    return HelpGroup.rare(OptionSpecs.flag(HelpGroup.INPUT, FORCE_SHARE_SHORT, FORCE_SHARE))
        .description(
            "Read IMAGE also while QEMU may write to it.",
            "Without it that is refused, as by qemu-img: what is read may be half written.")
        .build();
  }

  /** Before it is read: what takes long need not be begun. */
  public void refuseIfKnown() throws IOException {
    if (locks.isKnown()) {
      refuse();
    }
  }

  /** Before anything is said of it. */
  public void refuse() throws IOException {
    if (path.isPresent()) {
      refuse(locks.get(), "QEMU has it open for writing, and what is read may be half written");
    }
  }

  /** After it was read, since somebody may have come meanwhile. */
  public void refuseAfterwards() throws IOException {
    if (path.isPresent() && System.nanoTime() - began >= LONG_NANOS) {
      refuse(
          QemuLocks.list(),
          "QEMU has opened it for writing meanwhile, and what was read may be half written");
    }
  }

  private void refuse(String list, String what) throws FileSystemException {
    if (path.isPresent() && isHeld(path.get(), list)) {
      throw new FileSystemException(
          name, null, what + "; shut the guest down, or say -U (" + FORCE_SHARE + ")");
    }
  }

  private static boolean isHeld(Path path, String list) {
    try {
      return QemuLocks.on(path, list).forbidReading();
    } catch (IOException e) {
      // Its name is gone, or there is no /proc to name what is open.
      return false;
    }
  }
}
