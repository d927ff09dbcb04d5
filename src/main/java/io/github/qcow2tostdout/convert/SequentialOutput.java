package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.codec.OrderedDigests;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.work.FullWrite;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Optional;

/** An append-only output that takes one range of a stream, and knows how much of it it has. */
public final class SequentialOutput implements DataSink {
  /** For a channel that may hold everything by reference, and for ever. */
  public static final long COPIES_ONLY = Long.MAX_VALUE;

  /** What a pipe holds that was made as large as an ordinary user may make it. */
  private static final long USUAL_PIPE_SIZE = 1L << 20;

  private final WritableByteChannel channel;
  private final long from;
  private final long to;
  private final Progress progress;
  private final long heldByReference;
  private final Optional<OrderedDigests> digests;
  private volatile long position;

  /**
   * An output for the bytes [from, to) of an image, or of what holds one.
   *
   * @param channel blocking or not, seekable or not
   */
  public SequentialOutput(WritableByteChannel channel, long from, long to, Progress progress) {
    this(channel, from, to, progress, USUAL_PIPE_SIZE);
  }

  /**
   * As the other, for a channel that is known better.
   *
   * @param heldByReference how many bytes may wait in the channel as references to the source's
   *     pages. What is written to the disk while they wait there would reach the receiver, and the
   *     last of it after the last comparison of the source: so many bytes of the end are copied
   */
  public SequentialOutput(
      WritableByteChannel channel, long from, long to, Progress progress, long heldByReference) {
    this(channel, from, to, progress, heldByReference, Optional.empty());
  }

  /**
   * As the others.
   *
   * @param digests of what is written; all of it is copied then
   */
  public SequentialOutput(
      WritableByteChannel channel,
      long from,
      long to,
      Progress progress,
      long heldByReference,
      Optional<OrderedDigests> digests) {
    if (from < 0 || to < from) {
      throw new IllegalArgumentException("from " + from + " to " + to);
    }
    this.channel = channel;
    this.from = from;
    this.to = to;
    this.progress = progress;
    this.heldByReference = heldByReference;
    this.digests = digests;
    this.position = from;
    progress.report(Progress.Phase.WRITE, 0, to - from);
  }

  /** An output for all of a stream of which nothing is wanted but its digests. */
  public static SequentialOutput toNowhere(long size, Progress progress, OrderedDigests digests) {
    return toNowhere(0, size, progress, digests);
  }

  /** The same of a part of it. */
  public static SequentialOutput toNowhere(
      long from, long to, Progress progress, OrderedDigests digests) {
    return new SequentialOutput(
        new Nowhere(), from, to, progress, COPIES_ONLY, Optional.of(digests));
  }

  /** Takes everything. */
  private record Nowhere() implements WritableByteChannel {
    @Override
    public int write(ByteBuffer bytes) {
      int count = bytes.remaining();
      bytes.position(bytes.limit());
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  /** The first byte of the stream that it takes. */
  long from() {
    return from;
  }

  /** The byte of the stream behind the last that it takes. */
  long to() {
    return to;
  }

  /** Bytes that the channel has taken; any thread may ask. */
  public long written() {
    return position - from;
  }

  /** Bytes that it is to take in all. */
  public long total() {
    return to - from;
  }

  /** Writes the rest of a buffer. */
  @Override
  public void write(ByteBuffer buffer) throws OutputException {
    checkRoom(buffer.remaining());
    if (digests.isPresent()) {
      digests.get().update(buffer);
    }
    try {
      FullWrite.write(channel, buffer, this::advance);
    } catch (IOException e) {
      throw new OutputException(e);
    }
  }

  /** Writes as much of some bytes of the stream as it takes. */
  void write(ByteBuffer bytes, long at) throws OutputException {
    long start = Math.max(from, at);
    long end = Math.min(to, at + bytes.remaining());
    if (start < end) {
      write(bytes.slice((int) (start - at), (int) (end - start)));
    }
  }

  /** How many bytes may be handed over by reference from here on; the others are to be copied. */
  @Override
  public long transferable() {
    if (digests.isPresent()) {
      return 0;
    }
    return to - position - Math.min(heldByReference, to - position);
  }

  /**
   * Has the source hand over bytes directly.
   *
   * @return bytes taken; 0 if that failed or is not possible, which {@link #write} may do better or
   *     explain
   */
  @Override
  public long transfer(Source source, long offset, long count) {
    checkRoom(count);
    try {
      long taken = source.transferTo(offset, count, channel);
      advance(taken);
      return taken;
    } catch (IOException e) {
      return 0;
    }
  }

  /** Ends the output; it must have all that it was to take. */
  public void finish() {
    if (position != to) {
      throw new IllegalStateException("the output ends at byte " + position + " of " + to);
    }
    progress.report(Progress.Phase.WRITE, to - from, to - from);
  }

  private void checkRoom(long count) {
    if (count > to - position) {
      throw new IllegalStateException(
          count + " bytes at " + position + " go beyond the end at " + to);
    }
  }

  // Only one thread writes.
  @SuppressWarnings("NonAtomicVolatileUpdate")
  private void advance(long count) {
    position += count;
    progress.report(Progress.Phase.WRITE, position - from, to - from);
  }
}
