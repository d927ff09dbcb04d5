package io.github.qcow2tostdout.scan;

import io.github.qcow2tostdout.source.ForwardingSource;
import io.github.qcow2tostdout.source.Offsets;
import io.github.qcow2tostdout.source.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * A source behind a long way: what the scan reads of it is kept, up to a number of bytes, so that
 * it comes over that way once. The scan is one thread and goes forward; behind it any number read.
 */
public final class KeepingSource extends ForwardingSource {
  private final Source below;
  private final KeptBytes kept = new KeptBytes();
  private long room;
  private long wantedTo;
  private boolean full;

  /**
   * @param room bytes that may be kept
   */
  public KeepingSource(Source below, long room) {
    super(below);
    this.below = below;
    this.room = room;
  }

  /**
   * Asks for everything up to an offset to be kept that is read from now on.
   *
   * @param count bytes of it that will be read
   */
  void want(long to, long count) {
    full |= count > room + kept.spared();
    if (!full) {
      room -= count;
      wantedTo = to;
    }
  }

  /** Whether what is read there will be kept, and may therefore be read whole. */
  boolean isWanted(long offset) {
    return offset < wantedTo;
  }

  /** Ends the scan: what is read from here on is not kept. */
  public void endScan() {
    wantedTo = 0;
  }

  /** Bytes that are kept. */
  public long keptBytes() {
    return kept.size();
  }

  @Override
  public int read(ByteBuffer buffer, long offset) throws IOException {
    int start = buffer.position();
    int limit = buffer.limit();
    long end = Offsets.sum(offset, buffer.remaining(), size());
    for (long at = offset; at < end; ) {
      long next = kept.read(at, end, buffer);
      if (next == at) {
        next = Math.min(end, kept.nextFrom(at));
        int wanted = Math.toIntExact(next - at);
        int count = below.read(buffer.limit(buffer.position() + wanted), at);
        buffer.limit(limit);
        if (isWanted(at)) {
          kept.add(at, buffer, buffer.position() - count, count);
        }
        if (count < wanted) {
          break;
        }
      }
      at = next;
    }
    return buffer.position() - start;
  }

  @Override
  public long transferTo(long offset, long count, WritableByteChannel target) throws IOException {
    long end = Offsets.sum(offset, count, size());
    long next = Math.min(end, kept.nextFrom(offset));
    return next > offset
        ? below.transferTo(offset, next - offset, target)
        : kept.write(offset, end, target);
  }

  @Override
  public void willNeed(long offset, long count) {
    long end = Offsets.sum(offset, count, size());
    for (long at = offset; at < end; ) {
      long next = Math.min(end, kept.nextFrom(at));
      if (next > at) {
        below.willNeed(at, next - at);
      } else {
        next = kept.endOf(at);
      }
      at = next;
    }
  }
}
