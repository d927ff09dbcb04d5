package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.cli.terminal.Interruption;
import io.github.qcow2tostdout.cli.terminal.StandardOutput;
import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import io.github.qcow2tostdout.convert.SequentialOutput;
import io.github.qcow2tostdout.restore.DiskTarget;
import io.github.qcow2tostdout.restore.FileTarget;
import io.github.qcow2tostdout.restore.PartialFile;
import io.github.qcow2tostdout.source.QemuLocks;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What restored disks and images are written to, and what signals do to it. */
final class RawTargets {
  private RawTargets() {}

  /** Throws if there is a file that a guest writes to. */
  static void refuseHeld(Path to) throws IOException {
    if (Files.exists(to) && QemuLocks.on(to, QemuLocks.list()).forbidReading()) {
      throw new FileSystemException(
          to.toString(), null, "QEMU has it open for writing; shut the guest down");
    }
  }

  /**
   * Makes a file of some bytes that gets its name when it is whole, and goes away with a signal.
   *
   * @param input what messages call what it is made of
   */
  static DiskTarget file(String input, Path to, PartialFile partial, long bytes)
      throws IOException {
    Interruption.cleanUp(partial::discard);
    Interruption.report(input, "nothing is left of " + to);
    return FileTarget.create(to, partial, bytes);
  }

  /**
   * Standard output, for some bytes in their order; a signal says how many of them it was.
   *
   * @param input what messages call what they are made of
   */
  static SequentialOutput standardOutput(StandardStreams streams, String input, long bytes)
      throws IOException {
    SequentialOutput to =
        new SequentialOutput(
            StandardOutput.channelForImage(streams.out(), bytes),
            0,
            bytes,
            Progress.NONE,
            StandardOutput.prepareForImage(bytes));
    Interruption.report(input).writing(to);
    return to;
  }
}
