package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.cli.option.Program;
import io.github.qcow2tostdout.cli.option.Verbosity;
import io.github.qcow2tostdout.cli.terminal.ExitCode;
import io.github.qcow2tostdout.cli.terminal.Failure;
import io.github.qcow2tostdout.cli.terminal.Interruption;
import io.github.qcow2tostdout.cli.terminal.ProgressDisplay;
import io.github.qcow2tostdout.cli.terminal.StandardInput;
import io.github.qcow2tostdout.cli.terminal.StandardOutput;
import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import io.github.qcow2tostdout.convert.SequentialOutput;
import io.github.qcow2tostdout.format.Printable;
import io.github.qcow2tostdout.metadata.Rehydration;
import io.github.qcow2tostdout.restore.DiskTarget;
import io.github.qcow2tostdout.restore.PartialFile;
import io.github.qcow2tostdout.source.FileKind;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/** Makes an image of its metadata. */
public final class RehydrateCommand {
  private final RehydrateOptions options;
  private final StandardStreams streams;

  /** What messages call the metadata. */
  private final String name;

  private Optional<SequentialOutput> output = Optional.empty();
  private Optional<DiskTarget> target = Optional.empty();
  private long size;

  public RehydrateCommand(RehydrateOptions options, StandardStreams streams) {
    this.options = options;
    this.streams = streams;
    name = options.isStandardInput() ? StandardInput.NAME : options.metadata().toString();
  }

  /** Does it, and returns the exit code. */
  public int run() throws Failure.Reported {
    if (options.to().isEmpty()) {
      new StandardOutput(streams)
          .refuseImage(
              name, options.isStandardInput() ? Optional.empty() : Optional.of(options.metadata()));
    }
    Interruption.report(name);
    try (ProgressDisplay progress =
        ProgressDisplay.of(options.progress(), options.verbosity() == Verbosity.QUIET, streams)) {
      rehydrate(progress);
      return ExitCode.OK;
    } catch (IOException | RuntimeException | Error e) {
      throw new Failure.Reported(
          output.isPresent() ? Failure.of(name, e, output.get()) : Failure.of(name, e));
    } finally {
      Interruption.silence();
    }
  }

  private void rehydrate(Progress progress) throws IOException {
    try (InputStream in = open()) {
      Optional<PartialFile> partial =
          options.to().isPresent() ? Optional.of(partial(options.to().get())) : Optional.empty();
      Rehydration.run(name, in, options.limit(), bytes -> target(bytes, partial), progress);
      target.orElseThrow().commit();
    } finally {
      if (target.isPresent()) {
        target.get().close();
      }
      Interruption.cleanUp(() -> {});
    }
    if (options.verbosity() == Verbosity.VERBOSE) {
      LoggerFactory.getLogger(Program.NAME)
          .info("{}: an image of {} bytes", Printable.masked(name), size);
    }
  }

  private InputStream open() throws IOException {
    if (options.isStandardInput()) {
      return new StandardInput(streams).stream("metadata");
    }
    if (FileKind.of(options.metadata()) == FileKind.DIRECTORY) {
      throw new FileSystemException(name, null, "is a directory; name what dehydrate has written");
    }
    return Files.newInputStream(options.metadata());
  }

  private PartialFile partial(Path to) throws IOException {
    RawTargets.refuseHeld(to);
    return PartialFile.of(to, options.overwrite());
  }

  private DiskTarget target(long bytes, Optional<PartialFile> partial) throws IOException {
    size = bytes;
    target = Optional.of(open(bytes, partial));
    return target.get();
  }

  private DiskTarget open(long bytes, Optional<PartialFile> partial) throws IOException {
    if (partial.isPresent()) {
      return RawTargets.file(name, options.to().orElseThrow(), partial.get(), bytes);
    }
    Optional<SparseOutput> sparse = SparseOutput.of(streams, bytes);
    if (sparse.isPresent()) {
      Interruption.report(name, "the image is cut short: discard it");
      return sparse.get();
    }
    output = Optional.of(RawTargets.standardOutput(streams, name, bytes));
    return new OutputTarget(output.get(), Optional.empty());
  }
}
