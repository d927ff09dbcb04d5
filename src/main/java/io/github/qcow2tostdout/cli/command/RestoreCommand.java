package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.check.CheckResult;
import io.github.qcow2tostdout.check.Finding;
import io.github.qcow2tostdout.check.ImageCheck;
import io.github.qcow2tostdout.cli.input.HeldImage;
import io.github.qcow2tostdout.cli.input.ImageFile;
import io.github.qcow2tostdout.cli.input.LockList;
import io.github.qcow2tostdout.cli.input.SalvageReport;
import io.github.qcow2tostdout.cli.option.Program;
import io.github.qcow2tostdout.cli.option.Verbosity;
import io.github.qcow2tostdout.cli.output.DigestRequest;
import io.github.qcow2tostdout.cli.terminal.ExitCode;
import io.github.qcow2tostdout.cli.terminal.Failure;
import io.github.qcow2tostdout.cli.terminal.Interruption;
import io.github.qcow2tostdout.cli.terminal.ProgressDisplay;
import io.github.qcow2tostdout.cli.terminal.SideOutputs;
import io.github.qcow2tostdout.cli.terminal.StandardInput;
import io.github.qcow2tostdout.cli.terminal.StandardOutput;
import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import io.github.qcow2tostdout.codec.DigestValue;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.format.Printable;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.posix.AvailableMemory;
import io.github.qcow2tostdout.restore.DiskCopy;
import io.github.qcow2tostdout.restore.StreamRestore;
import io.github.qcow2tostdout.scan.SourceGuard;
import io.github.qcow2tostdout.source.ChangeSign;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.source.qcow2.ImageAccess;
import io.github.qcow2tostdout.source.qcow2.ImageOpener;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/** Writes the disk of an image. */
public final class RestoreCommand {
  /** What part of the free memory may hold what waits, unless something else is said. */
  private static final int CACHE_SHARE = 4;

  private final RestoreOptions options;
  private final StandardStreams streams;
  private final StandardInput input;
  private final LockList locks;

  /** What messages call the image. */
  private final String name;

  private List<DigestValue> imageDigests = List.of();
  private List<DigestValue> contentDigests = List.of();

  public RestoreCommand(RestoreOptions options, StandardStreams streams, LockList locks) {
    this.options = options;
    this.streams = streams;
    this.locks = locks;
    input = new StandardInput(streams);
    name = options.isStandardInput() ? StandardInput.NAME : options.image().toString();
  }

  /** Does it, and returns the exit code. */
  public int run() throws Failure.Reported {
    if (options.to().isEmpty()) {
      refuseOutput();
    }
    Interruption.report(name);
    try (ProgressDisplay progress =
        ProgressDisplay.of(options.progress(), options.quiet(), streams)) {
      return restore(progress);
    } finally {
      Interruption.silence();
    }
  }

  private void refuseOutput() throws Failure.Reported {
    try {
      new StandardOutput(streams)
          .refuseImage(
              name, options.isStandardInput() ? input.file() : Optional.of(options.image()));
    } catch (Failure.Reported e) {
      throw options.isStandardInput() ? new Failure.Reported(e.failure(), input::discardImage) : e;
    }
  }

  private int restore(Progress progress) throws Failure.Reported {
    Optional<RestoreTarget> opened = Optional.empty();
    try {
      Optional<ReadableByteChannel> stream =
          options.isStandardInput() ? input.imageStream() : Optional.empty();
      try (RestoreTarget target = new RestoreTarget(options, streams, name);
          SideOutputs side = SideOutputs.open(options.sideTargets(), takenFiles())) {
        opened = Optional.of(target);
        if (stream.isPresent()) {
          fromStream(stream.get(), target, progress);
        } else {
          fromFile(target, progress);
        }
        print(options.digests(), imageDigests, options.image().toString(), side);
        print(
            options.contentDigests(),
            contentDigests,
            options.to().map(Path::toString).orElse(StandardInput.ARGUMENT),
            side);
        return SalvageReport.write(options.inside(), name, streams);
      }
    } catch (IOException | RuntimeException | Error e) {
      throw failed(e, opened);
    }
  }

  /** What digests may not be written to. */
  private Map<Path, String> takenFiles() {
    Map<Path, String> taken = new HashMap<>();
    if (!options.isStandardInput()) {
      taken.put(options.image(), "the image");
    }
    options.to().ifPresent(to -> taken.put(to, "what the disk is restored to"));
    return taken;
  }

  private void print(
      List<DigestRequest> requests, List<DigestValue> values, String of, SideOutputs side)
      throws IOException {
    for (int i = 0; i < requests.size(); i++) {
      side.writeOrPrint(requests.get(i).target(), values.get(i).line(of), streams.err());
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
        new Expectations(name, stream, options.expected().image(), options.digests())) {
      if (options.inside().snapshot().isPresent() || options.inside().salvage().isPresent()) {
        throw new ImageException.NotStreamable(
            name,
            "what --snapshot and --salvage need of an image can't be waited for",
            "store the stream in a file and restore that");
      }
      OpenedImage image =
          StreamRestore.receive(
              name, expectations, target::open, this::cache, options.inside().key(), progress);
      imageDigests = expectations.verify();
      refuseSpoiled(image);
      contentDigests = target.commit(progress);
      said(image.diskSize());
    }
  }

  /** Asked only when something has to be kept: to ask the machine takes as long as a small disk. */
  private long cache() {
    return options.cache().isPresent()
        ? options.cache().getAsLong()
        : AvailableMemory.bytes() / CACHE_SHARE;
  }

  private void fromFile(RestoreTarget target, Progress progress) throws IOException {
    HeldImage held =
        new HeldImage(
            name,
            options.inside().forceShare()
                ? Optional.empty()
                : options.isStandardInput() ? input.file() : Optional.of(options.image()),
            locks);
    held.refuse();
    try (Source source = source()) {
      SourceGuard guard = SourceGuard.of(source, Optional.empty(), ChangeSign.CHANGE_TIME);
      refuseUnexpected();
      DiskCopy.copy(source, target.open(source.size()), progress);
      guard.verify();
      held.refuseAfterwards();
      contentDigests = target.commit(progress);
      said(source.size());
    }
  }

  private Source source() throws IOException {
    ImageAccess any = options.inside().access(options.follow(), true, streams);
    ImageAccess access =
        options.inside().salvage().isPresent() ? any : any.with(RestoreCommand::refuseSpoiled);
    return options.isStandardInput()
        ? ImageOpener.open(streams.in().asFile(true), input.file(), access)
        : ImageOpener.open(options.image(), ImageOpener.QCOW2, access);
  }

  private BoundedFile file() throws IOException {
    return options.isStandardInput()
        ? BoundedFile.of(name, streams.in().channel())
        : ImageFile.open(options.image());
  }

  private void refuseUnexpected() throws IOException {
    if (!options.expected().image().isEmpty() || !options.digests().isEmpty()) {
      try (BoundedFile file = file();
          Expectations expectations =
              new Expectations(
                  name, new FileBytes(file), options.expected().image(), options.digests())) {
        expectations.readToItsEnd();
        imageDigests = expectations.verify();
      }
    }
  }

  /** What a check calls corrupt can't be relied upon, even where it can be read. */
  private static void refuseSpoiled(OpenedImage image) throws IOException {
    CheckResult result = ImageCheck.check(image, false, Progress.NONE);
    Optional<Finding> spoiled = result.spoiled(image.file().isStream());
    if (spoiled.isPresent()) {
      Finding finding = spoiled.get();
      throw new ImageException.Corrupt(
          image.file().name(),
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
    if (options.verbosity() == Verbosity.VERBOSE) {
      LoggerFactory.getLogger(Program.NAME)
          .info(
              "{}: a disk of {} bytes, restored to {}",
              Printable.masked(name),
              size,
              options.to().map(to -> Printable.masked(to.toString())).orElse("standard output"));
    }
  }
}
