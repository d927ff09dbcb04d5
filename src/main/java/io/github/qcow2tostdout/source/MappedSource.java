package io.github.qcow2tostdout.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * A source whose data extents somebody else knows. What is outside of them is never read: it is
 * zero, whatever the source has there, so that the disk is the same for every size of clusters.
 */
public final class MappedSource extends ForwardingSource {
  private static final byte[] ZEROES = new byte[4 << 10];

  private final Source below;
  private final ExtentList extents;

  /**
   * Lays extents over a source.
   *
   * @param extents that end where the source does, or before
   */
  public MappedSource(Source below, ExtentList extents) {
    super(below);
    if (extents.end() > below.size()) {
      throw new IllegalArgumentException(extents.end() + " is beyond " + below.size());
    }
    this.below = below;
    this.extents = extents;
  }

  @Override
  public DataExtents dataExtents() {
    return extents.walk();
  }

  @Override
  public int read(ByteBuffer buffer, long offset) throws IOException {
    int limit = buffer.limit();
    long end = Offsets.sum(offset, buffer.remaining(), below.size());
    int index = extents.firstEndingBehind(offset);
    long at = offset;
    try {
      while (at < end) {
        long start = index < extents.count() ? extents.start(index) : Long.MAX_VALUE;
        if (at < start) {
          at += zeroes(buffer, Math.min(start, end) - at);
          continue;
        }
        int wanted = (int) (Math.min(extents.end(index), end) - at);
        int count = below.read(buffer.limit(buffer.position() + wanted), at);
        buffer.limit(limit);
        at += count;
        index++;
        if (count < wanted) {
          break;
        }
      }
    } finally {
      buffer.limit(limit);
    }
    return (int) (at - offset);
  }

  private static int zeroes(ByteBuffer buffer, long count) {
    int piece = (int) Math.min(count, ZEROES.length);
    buffer.put(ZEROES, 0, piece);
    return piece;
  }

  @Override
  public long transferTo(long offset, long count, WritableByteChannel target) throws IOException {
    int index = extents.firstEndingBehind(offset);
    return index < extents.count() && extents.start(index) <= offset
        ? below.transferTo(offset, Math.min(count, extents.end(index) - offset), target)
        : 0;
  }

  @Override
  public void willNeed(long offset, long count) {
    long end = Offsets.sum(offset, count, below.size());
    for (int index = extents.firstEndingBehind(offset);
        index < extents.count() && extents.start(index) < end;
        index++) {
      long from = Math.max(offset, extents.start(index));
      below.willNeed(from, Math.min(end, extents.end(index)) - from);
    }
  }
}
