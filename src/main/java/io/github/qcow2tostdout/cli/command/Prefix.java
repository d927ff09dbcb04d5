package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.cli.terminal.ExitCode;
import io.github.qcow2tostdout.cli.terminal.Failure;
import io.github.qcow2tostdout.codec.DigestValue;
import io.github.qcow2tostdout.codec.OrderedDigests;
import io.github.qcow2tostdout.convert.Conversion;
import io.github.qcow2tostdout.convert.Frame;
import io.github.qcow2tostdout.convert.SequentialOutput;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What has arrived of a stream before, held against what it would be. */
final class Prefix {
  private Prefix() {}

  /**
   * Computes the first bytes of a stream without output.
   *
   * @param expected their digest
   * @param size how many they are
   * @throws Failure.Reported if they have another
   */
  static void require(
      DigestValue expected, long size, Conversion conversion, Frame frame, Progress progress)
      throws IOException, Failure.Reported {
    Progress digesting =
        (phase, done, total) -> progress.report(Progress.Phase.DIGEST, done, total);
    try (OrderedDigests digests = new OrderedDigests(List.of(expected.algorithm()))) {
      conversion.write(
          SequentialOutput.toNowhere(size, digesting, digests), frame, Optional.empty());
      DigestValue found = digests.finish().getFirst();
      if (!found.equals(expected)) {
        throw new Failure.Reported(
            new Failure(
                "the first "
                    + size
                    + " bytes of the image have the digest "
                    + found
                    + ", and not "
                    + expected
                    + ": what has arrived is not their beginning; nothing was written, begin again"
                    + " from byte 0",
                ExitCode.FAILED));
      }
    }
  }
}
