package io.github.qcow2tostdout.convert;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Compressed data of the first clusters of a disk, up to a number of bytes; outside of the heap.
 */
final class CompressedCache {
  /** Bytes that are taken at a time. */
  private static final int SEGMENT_SIZE = 8 << 20;

  private final long capacity;
  private final List<ByteBuffer> segments = new ArrayList<>();
  private long size;
  private long clusters;
  private boolean full;

  CompressedCache(long capacity) {
    this.capacity = capacity;
  }

  /**
   * Keeps the data of the next cluster, unless that, or one before it, is too much.
   *
   * @param length bytes from the buffer's position on, which is moved; 0 for a cluster without data
   */
  void add(ByteBuffer data, int length) {
    if (full || size + length > capacity) {
      full = true;
      data.position(data.position() + length);
      return;
    }
    for (int left = length; left > 0; ) {
      int at = (int) (size % SEGMENT_SIZE);
      if (at == 0) {
        segments.add(ByteBuffer.allocateDirect(SEGMENT_SIZE));
      }
      int count = Math.min(left, SEGMENT_SIZE - at);
      segments.getLast().put(at, data, data.position(), count);
      data.position(data.position() + count);
      size += count;
      left -= count;
    }
    clusters++;
  }

  /** How many of the first clusters are kept whole. */
  long clusters() {
    return clusters;
  }

  /** Bytes that are kept. */
  long size() {
    return size;
  }

  /** Writes a part of what is kept. */
  void write(long from, long to, SequentialOutput out) throws IOException {
    for (long at = from; at < to; ) {
      int start = (int) (at % SEGMENT_SIZE);
      int count = (int) Math.min(to - at, SEGMENT_SIZE - start);
      out.write(segments.get((int) (at / SEGMENT_SIZE)).slice(start, count));
      at += count;
    }
  }
}
