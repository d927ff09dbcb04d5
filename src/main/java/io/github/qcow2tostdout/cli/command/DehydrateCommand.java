package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.cli.input.HeldImage;
import io.github.qcow2tostdout.cli.input.ImageFile;
import io.github.qcow2tostdout.cli.input.LockList;
import io.github.qcow2tostdout.cli.option.Program;
import io.github.qcow2tostdout.cli.option.Verbosity;
import io.github.qcow2tostdout.cli.terminal.ExitCode;
import io.github.qcow2tostdout.cli.terminal.Failure;
import io.github.qcow2tostdout.cli.terminal.Interruption;
import io.github.qcow2tostdout.cli.terminal.OutputBytes;
import io.github.qcow2tostdout.cli.terminal.ProgressDisplay;
import io.github.qcow2tostdout.cli.terminal.StandardInput;
import io.github.qcow2tostdout.cli.terminal.StandardOutput;
import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.format.Printable;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.metadata.Dehydration;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/** Writes the metadata of an image without the guest's data. */
public final class DehydrateCommand {
  private final DehydrateOptions options;
  private final StandardStreams streams;
  private final StandardInput input;
  private final OutputBytes out;
  private final HeldImage held;

  /** What messages call the image. */
  private final String name;

  public DehydrateCommand(DehydrateOptions options, StandardStreams streams, LockList locks) {
    this.options = options;
    this.streams = streams;
    input = new StandardInput(streams);
    out = new OutputBytes(streams);
    name = options.isStandardInput() ? StandardInput.NAME : options.image().toString();
    held = new HeldImage(name, options.forceShare() ? Optional.empty() : file(), locks);
  }

  private Optional<Path> file() {
    return options.isStandardInput() ? input.file() : Optional.of(options.image());
  }

  /** Does it, and returns the exit code. */
  public int run() throws Failure.Reported {
    try {
      new StandardOutput(streams).refuseImage(name, file());
    } catch (Failure.Reported e) {
      throw options.isStandardInput() ? new Failure.Reported(e.failure(), input::discardImage) : e;
    }
    Interruption.report(name, "the metadata is cut short");
    try (ProgressDisplay progress =
            ProgressDisplay.of(
                options.progress(), options.verbosity() == Verbosity.QUIET, streams);
        BoundedFile image = open(progress)) {
      held.refuse();
      Dehydration dehydration = Dehydration.of(image, options.blankNames(), options.keepShared());
      dehydration.write(out, progress);
      held.refuseAfterwards();
      if (options.verbosity() == Verbosity.VERBOSE) {
        LoggerFactory.getLogger(Program.NAME)
            .info("{}: {} bytes of metadata", Printable.masked(name), dehydration.kept());
      }
      return ExitCode.OK;
    } catch (IOException | RuntimeException | Error e) {
      throw new Failure.Reported(failure(e), input::drain);
    } finally {
      Interruption.silence();
    }
  }

  private BoundedFile open(ProgressDisplay progress) throws IOException {
    return options.isStandardInput()
        ? input.image(false, false, progress)
        : ImageFile.open(options.image());
  }

  private Failure failure(Throwable e) {
    if (out.error().isPresent()) {
      return Failure.ofReport(out.error().get());
    }
    Failure failure = Failure.of(name, e);
    return e instanceof ImageException.NotStreamable
        ? new Failure(failure.lines(), ExitCode.NOT_CHECKABLE)
        : failure;
  }
}
