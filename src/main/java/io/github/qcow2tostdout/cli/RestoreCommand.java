package io.github.qcow2tostdout.cli;

import io.github.qcow2tostdout.check.CheckResult;
import io.github.qcow2tostdout.check.Finding;
import io.github.qcow2tostdout.check.ImageCheck;
import io.github.qcow2tostdout.convert.SourceGuard;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.format.Printable;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.OpenRules;
import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.posix.AvailableMemory;
import io.github.qcow2tostdout.restore.DiskCopy;
import io.github.qcow2tostdout.restore.StreamRestore;
import io.github.qcow2tostdout.source.ChangeSign;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.source.qcow2.ImageAccess;
import io.github.qcow2tostdout.source.qcow2.ImageOpener;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/** Writes the disk of an image. */
final class RestoreCommand {
  private final RestoreOptions options;
  private final StandardStreams streams;
  private final StandardInput input;
  private final LockList locks;

  /** What messages call the image. */
  private final String name;

  RestoreCommand(RestoreOptions options, StandardStreams streams, LockList locks) {
    this.options = options;
    this.streams = streams;
    this.locks = locks;
    input = new StandardInput(streams);
    name = options.isStandardInput() ? StandardInput.NAME : options.image().toString();
  }

  int run() throws Failure.Reported {
    if (options.to().isEmpty()) {
      refuseOutput();
    }
    Interruption.report(name);
    try (ProgressDisplay progress =
        ProgressDisplay.of(options.progress(), options.quiet(), streams)) {
      restore(progress);
    } finally {
      Interruption.silence();
    }
    return ExitCode.OK;
  }

  private void refuseOutput() throws Failure.Reported {
    try {
      new StandardOutput(streams)
          .refuseImage(
              name,
              options.isStandardInput() ? input.file() : Optional.of(options.image()));
    } catch (Failure.Reported e) {
      throw options.isStandardInput()
          ? new Failure.Reported(e.failure(), input::discardImage)
          : e;
    }
  }

  private void restore(Progress progress) throws Failure.Reported {
    Optional<RestoreTarget> opened = Optional.empty();
    try {
      Optional<ReadableByteChannel> stream =
          options.isStandardInput() ? input.imageStream() : Optional.empty();
      try (RestoreTarget target = new RestoreTarget(options, streams, name)) {
        opened = Optional.of(target);
        if (stream.isPresent()) {
          fromStream(stream.get(), target, progress);
        } else {
          fromFile(target, progress);
        }
      }
    } catch (IOException | RuntimeException | Error e) {
      throw failed(e, opened);
    }
  }

  private Failure.Reported failed(Throwable e, Optional<RestoreTarget> target) {
    Failure failure =
        target.isPresent() && target.get().output().isPresent()
            ? Failure.of(name, e, target.get().output().get())
            : Failure.of(name, e);
    if (e instanceof ImageException.NotStreamable) {
      failure = new Failure(failure.lines(), ExitCode.NOT_CHECKABLE);
    }
    return new Failure.Reported(failure, input::drain);
  }

  private void fromStream(ReadableByteChannel stream, RestoreTarget target, Progress progress)
      throws IOException {
    try (Expectations expectations =
        new Expectations(name, stream, options.expected().image())) {
      if (options.snapshot().isPresent()) {
        throw new ImageException.NotStreamable(
            name,
            "a snapshot's tables are not where they can be waited for",
            "store the stream in a file and restore that");
      }
      long cache = options.cache().orElseGet(() -> AvailableMemory.bytes() / 4);
      OpenedImage image =
          StreamRestore.receive(name, expectations, target::open, cache, progress);
      expectations.verify();
      refuseSpoiled(image);
      target.commit(progress);
      said(image.diskSize());
    }
  }

  private void fromFile(RestoreTarget target, Progress progress) throws IOException {
    Path path = options.isStandardInput() ? StandardInput.PATH : options.image();
    ImageAccess access =
        new ImageAccess(
            options.follow().access(streams), true, options.forceShare(), options.snapshot());
    HeldImage held =
        new HeldImage(
            name, options.forceShare() ? Optional.empty() : Optional.of(path), locks);
    held.refuse();
    try (Source source = ImageOpener.open(path, ImageOpener.QCOW2, access)) {
      try (BoundedFile file = ImageFile.open(path)) {
        refuseSpoiled(OpenRules.open(file));
      }
      SourceGuard guard = SourceGuard.of(source, Optional.empty(), ChangeSign.CHANGE_TIME);
      refuseUnexpected(path);
      DiskCopy.copy(source, target.open(source.size()), progress);
      guard.verify();
      held.refuseAfterwards();
      target.commit(progress);
      said(source.size());
    }
  }

  private void refuseUnexpected(Path path) throws IOException {
    if (!options.expected().image().isEmpty()) {
      try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
          Expectations expectations =
              new Expectations(name, file, options.expected().image())) {
        expectations.readToItsEnd();
        expectations.verify();
      }
    }
  }

  /** What a check calls corrupt can't be relied upon, even where it can be read. */
  private void refuseSpoiled(OpenedImage image) throws IOException {
    CheckResult result = ImageCheck.check(image, false, Progress.NONE);
    Optional<Finding> spoiled = result.spoiled(image.file().isStream());
    if (spoiled.isPresent()) {
      Finding finding = spoiled.get();
      throw new ImageException.Corrupt(
          name,
          finding.kind().id()
              + ": "
              + finding.structure()
              + (finding.offset().isPresent() ? " at byte " + finding.offset().getAsLong() : "")
              + ": "
              + finding.found()
              + ", expected "
              + finding.expected()
              + " ("
              + finding.kind().meaning()
              + ")",
          finding.kind().remedy());
    }
  }

  private void said(long size) {
    if (options.verbosity() == Arguments.Verbosity.VERBOSE) {
      LoggerFactory.getLogger(Options.NAME)
          .info(
              "{}: a disk of {} bytes, restored to {}",
              Printable.masked(name),
              size,
              options.to().map(to -> Printable.masked(to.toString())).orElse("standard output"));
    }
  }
}
