package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.codec.DigestAlgorithm;
import io.github.qcow2tostdout.codec.DigestValue;
import io.github.qcow2tostdout.codec.OrderedDigests;
import io.github.qcow2tostdout.plan.IndexSet;
import io.github.qcow2tostdout.scan.SourceGuard;
import io.github.qcow2tostdout.source.DataExtents;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Digests of the guest's bytes, whatever image they are in. They are read beside the emission, by a
 * thread of their own: so data is still handed over directly, is seen once and in order, and it
 * makes no difference which part of the image is written, or how.
 */
public final class ContentDigest implements AutoCloseable {
  private static final int BUFFER_SIZE = 256 << 10;

  /** log2 of the blocks by which extents are kept. */
  private static final int EXTENT_BITS = 16;

  /** How much of a hole is handed on at a time: so is progress seen in it. */
  private static final long ZEROES = 256L << 20;

  private static final long PROGRESS_MILLIS = 100;

  private final Source source;
  private final IndexSet data;
  private final int bits;
  private final OrderedDigests digests;
  private final Thread thread = new Thread(this::run, "content");
  private volatile long position;
  private volatile boolean closed;
  private Optional<Throwable> failure = Optional.empty();
  private List<DigestValue> values = List.of();

  private ContentDigest(Source source, IndexSet data, int bits, List<DigestAlgorithm> algorithms) {
    this.source = source;
    this.data = data;
    this.bits = bits;
    digests = new OrderedDigests(algorithms);
    thread.setDaemon(true);
  }

  /**
   * Begins to read.
   *
   * @param data the grains that are to be read; all others are zeroes
   * @param bits log2 of the size of a grain
   */
  static ContentDigest start(
      Source source, IndexSet data, int bits, List<DigestAlgorithm> algorithms) {
    ContentDigest digest = new ContentDigest(source, data, bits, algorithms);
    digest.thread.start();
    return digest;
  }

  /** The same where nothing is known of the disk but its extents. */
  static ContentDigest start(Source source, List<DigestAlgorithm> algorithms) throws IOException {
    IndexSet.Builder data = new IndexSet.Builder();
    for (DataExtents extents = source.dataExtents(); extents.next(); ) {
      data.add(extents.from() >> EXTENT_BITS, ((extents.to() - 1) >> EXTENT_BITS) + 1);
    }
    return start(source, data.build(), EXTENT_BITS, algorithms);
  }

  private void run() {
    try {
      readAll();
    } catch (IOException | RuntimeException | Error e) {
      failure = Optional.of(e);
    }
  }

  private void readAll() throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_SIZE);
    for (IndexSet.Runs runs = data.runsFrom(0); runs.next() && position < source.size(); ) {
      zeroesTo(runs.from() << bits);
      long end = Math.min(runs.to() << bits, source.size());
      while (position < end && !closed) {
        buffer.clear().limit((int) Math.min(end - position, BUFFER_SIZE));
        int wanted = buffer.remaining();
        int count = source.read(buffer, position);
        if (count < wanted) {
          throw SourceGuard.endedAt(source, position + count);
        }
        digests.update(buffer.flip());
        move(position + count);
      }
    }
    zeroesTo(source.size());
  }

  private void zeroesTo(long end) {
    while (position < end && !closed) {
      long next = Math.min(end, position + ZEROES);
      digests.zeroes(next - position);
      move(next);
    }
  }

  private void move(long to) {
    position = to;
  }

  /**
   * Waits until all is read.
   *
   * @throws IOException if the disk can't be read
   */
  void await(Progress progress) throws IOException {
    try {
      while (thread.isAlive() && !thread.join(Duration.ofMillis(PROGRESS_MILLIS))) {
        progress.report(Progress.Phase.DIGEST, position, source.size());
      }
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
    if (failure.isPresent()) {
      throw rethrown(failure.get());
    }
    values = digests.finish();
    progress.report(Progress.Phase.DIGEST, source.size(), source.size());
  }

  private static IOException rethrown(Throwable e) {
    return switch (e) {
      case IOException cause -> cause;
      case RuntimeException cause -> throw cause;
      case Error cause -> throw cause;
      default -> throw new IllegalStateException(e);
    };
  }

  /** The digests, in the order of their algorithms; nothing before they have been waited for. */
  public List<DigestValue> values() {
    return values;
  }

  /** Ends the thread. */
  @Override
  public void close() {
    closed = true;
    digests.close();
  }
}
