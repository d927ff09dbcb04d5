package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.cli.terminal.Interruption;
import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import io.github.qcow2tostdout.codec.DigestValue;
import io.github.qcow2tostdout.codec.OrderedDigests;
import io.github.qcow2tostdout.convert.SequentialOutput;
import io.github.qcow2tostdout.restore.DeviceTarget;
import io.github.qcow2tostdout.restore.DiskTarget;
import io.github.qcow2tostdout.restore.PartialFile;
import io.github.qcow2tostdout.source.FileKind;
import io.github.qcow2tostdout.work.Progress;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What a disk is restored to: opened when its size is known, and what signals do to it. */
final class RestoreTarget implements Closeable {
  /** What is read back at once. */
  private static final int PART = 256 << 10;

  private final RestoreOptions options;
  private final StandardStreams streams;
  private final String input;
  private final Optional<OrderedDigests> digests;
  private final Optional<PartialFile> partial;
  private Optional<SequentialOutput> output = Optional.empty();
  private Optional<DiskTarget> target = Optional.empty();
  private long size;

  /**
   * Looks whether it can be written at all; nothing is made yet.
   *
   * @param input what messages call the image
   */
  RestoreTarget(RestoreOptions options, StandardStreams streams, String input) throws IOException {
    this.options = options;
    this.streams = streams;
    this.input = input;
    digests =
        options.expected().content().isEmpty() && options.contentDigests().isEmpty()
            ? Optional.empty()
            : Optional.of(
                new OrderedDigests(
                    Expectations.algorithms(
                        options.expected().content(), options.contentDigests())));
    partial = options.to().isPresent() ? partial(options.to().get()) : Optional.empty();
  }

  private Optional<PartialFile> partial(Path to) throws IOException {
    RawTargets.refuseHeld(to);
    if (Files.exists(to) && FileKind.of(to) == FileKind.BLOCK_DEVICE) {
      return Optional.empty();
    }
    return Optional.of(PartialFile.of(to, options.overwrite()));
  }

  /** Opens it for a disk; once. */
  DiskTarget open(long diskSize) throws IOException {
    size = diskSize;
    if (options.expected().size().isPresent()
        && options.expected().size().getAsLong() != diskSize) {
      throw new FileSystemException(
          input,
          null,
          "the disk has "
              + diskSize
              + " bytes, and "
              + options.expected().size().getAsLong()
              + " were expected; it is another image");
    }
    target = Optional.of(make(diskSize));
    return target.get();
  }

  private DiskTarget make(long diskSize) throws IOException {
    if (options.to().isEmpty()) {
      output = Optional.of(RawTargets.standardOutput(streams, input, diskSize));
      return new OutputTarget(output.get(), digests);
    }
    Path to = options.to().get();
    if (partial.isEmpty()) {
      Interruption.report(input, to + " is incomplete, and does not begin like a disk");
      return DeviceTarget.open(to, diskSize, options.targetIsZero());
    }
    return RawTargets.file(input, to, partial.get(), diskSize);
  }

  /** What was written to standard output. */
  Optional<SequentialOutput> output() {
    return output;
  }

  /**
   * All was written: looks whether it is what was expected, and keeps it.
   *
   * @return the digests of it that are wanted
   */
  List<DigestValue> commit(Progress progress) throws IOException {
    List<DigestValue> wanted = List.of();
    DiskTarget written = target.orElseThrow();
    if (digests.isPresent()) {
      if (!written.isSequential()) {
        readBack(written, progress);
      }
      wanted =
          Expectations.compare(
              input, "the disk's", options.expected().content(), digests.get().finish());
    }
    written.commit();
    return wanted;
  }

  private void readBack(DiskTarget written, Progress progress) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(PART);
    for (long at = 0; at < size; at += PART) {
      progress.report(Progress.Phase.VERIFY, at, size);
      written.readBack(buffer.clear().limit((int) Math.min(PART, size - at)), at);
      digests.get().update(buffer.flip());
    }
    progress.report(Progress.Phase.VERIFY, size, size);
  }

  @Override
  public void close() throws IOException {
    digests.ifPresent(OrderedDigests::close);
    if (target.isPresent()) {
      target.get().close();
    }
    Interruption.cleanUp(() -> {});
  }
}
