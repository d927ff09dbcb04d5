package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.cli.input.HeldImage;
import io.github.qcow2tostdout.cli.input.ImageFile;
import io.github.qcow2tostdout.cli.input.LockList;
import io.github.qcow2tostdout.cli.option.Program;
import io.github.qcow2tostdout.cli.terminal.ExitCode;
import io.github.qcow2tostdout.cli.terminal.Failure;
import io.github.qcow2tostdout.cli.terminal.Interruption;
import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import io.github.qcow2tostdout.format.Printable;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.report.Dump;
import io.github.qcow2tostdout.report.Problems;
import io.github.qcow2tostdout.report.ReportException;
import java.io.IOException;
import java.util.Optional;

/** Prints an image's metadata. */
public final class DumpCommand {
  /** Of more problems than that only the number is said; the dump has them. */
  private static final int SHOWN = 10;

  private final DumpOptions options;
  private final StandardStreams streams;
  private final LockList locks;

  public DumpCommand(DumpOptions options, StandardStreams streams, LockList locks) {
    this.locks = locks;
    this.options = options;
    this.streams = streams;
  }

  public int run() throws Failure.Reported {
    String name = options.image().toString();
    Interruption.report(name, "the dump is cut short");
    try {
      return dump(name);
    } finally {
      Interruption.silence();
    }
  }

  private int dump(String name) throws Failure.Reported {
    try (BoundedFile file = ImageFile.open(options.image())) {
      HeldImage held =
          new HeldImage(
              name, options.forceShare() ? Optional.empty() : Optional.of(options.image()), locks);
      held.refuse();
      Problems problems =
          new Dump(file, options.parts(), options.at()).write(streams.out(), options.json());
      problems.first().stream().limit(SHOWN).forEach(p -> say(name + ": " + p.message()));
      if (problems.count() > SHOWN) {
        say(name + ": " + (problems.count() - SHOWN) + " more could not be read, see the dump");
      }
      held.refuseAfterwards();
      return problems.count() == 0 ? ExitCode.OK : ExitCode.FAILED;
    } catch (ReportException e) {
      throw new Failure.Reported(Failure.ofReport(e.error()));
    } catch (IOException | RuntimeException | Error e) {
      throw new Failure.Reported(Failure.of(name, e));
    }
  }

  private void say(String message) {
    streams.err().println(Program.NAME + ": " + Printable.masked(message));
  }
}
