package io.github.qcow2tostdout.scan;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Bytes of a disk in memory outside of the heap, in ascending runs. Blocks of zeroes take no room.
 * Filled by one thread, then read by any number.
 */
final class KeptBytes {
  /** Bytes that are taken at a time. */
  private static final int SEGMENT_SIZE = 8 << 20;

  /** What is tested for zeroes at a time. */
  private static final int BLOCK_SIZE = 16 << 10;

  private static final long ZEROES = -1;

  private final ByteBuffer zeroes = ByteBuffer.allocateDirect(BLOCK_SIZE);
  private final List<ByteBuffer> segments = new ArrayList<>();

  /** Of each run the first byte, the byte behind the last, and where it is, or that it is zero. */
  private long[] runs = new long[3 * 16];

  private int count;
  private long size;
  private long spared;

  /** Bytes in memory. */
  long size() {
    return size;
  }

  /** Bytes that were zero, and took no room. */
  long spared() {
    return spared;
  }

  /** Adds bytes of a buffer, which is left as it is; they are behind all that there are. */
  void add(long offset, ByteBuffer buffer, int start, int length) {
    for (int at = 0; at < length; ) {
      int block = Math.min(BLOCK_SIZE, length - at);
      ByteBuffer bytes = buffer.slice(start + at, block);
      if (bytes.mismatch(zeroes.slice(0, block)) < 0) {
        extend(offset + at, block, ZEROES);
        spared += block;
      } else {
        extend(offset + at, block, size);
        store(bytes);
      }
      at += block;
    }
  }

  private void extend(long offset, int length, long place) {
    int last = 3 * (count - 1);
    if (count > 0 && runs[last + 1] == offset && (place == ZEROES) == (runs[last + 2] == ZEROES)) {
      runs[last + 1] += length;
      return;
    }
    if (3 * count == runs.length) {
      runs = Arrays.copyOf(runs, 2 * runs.length);
    }
    runs[3 * count] = offset;
    runs[3 * count + 1] = offset + length;
    runs[3 * count + 2] = place;
    count++;
  }

  private void store(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      int at = (int) (size % SEGMENT_SIZE);
      if (at == 0) {
        segments.add(ByteBuffer.allocateDirect(SEGMENT_SIZE));
      }
      int part = Math.min(bytes.remaining(), SEGMENT_SIZE - at);
      segments.getLast().put(at, bytes, bytes.position(), part);
      bytes.position(bytes.position() + part);
      size += part;
    }
  }

  /** The first run that ends behind an offset. */
  private int find(long offset) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (runs[3 * middle + 1] > offset) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** The first byte at or behind an offset that is here. */
  long nextFrom(long offset) {
    int run = find(offset);
    return run == count ? Long.MAX_VALUE : Math.max(offset, runs[3 * run]);
  }

  /** The byte behind those that are here from an offset on, which is here. */
  long endOf(long offset) {
    return runs[3 * find(offset) + 1];
  }

  /**
   * Puts bytes into a buffer.
   *
   * @return the byte behind those that it got; the offset if that is not here
   */
  long read(long offset, long end, ByteBuffer buffer) {
    int run = find(offset);
    if (run == count || runs[3 * run] > offset) {
      return offset;
    }
    long stop = Math.min(end, runs[3 * run + 1]);
    for (long at = offset; at < stop; ) {
      ByteBuffer bytes = bytes(run, at, stop);
      at += bytes.remaining();
      buffer.put(bytes);
    }
    return stop;
  }

  /** Writes bytes that are here; returns how many. */
  int write(long offset, long end, WritableByteChannel target) throws IOException {
    int run = find(offset);
    return target.write(bytes(run, offset, Math.min(end, runs[3 * run + 1])));
  }

  private ByteBuffer bytes(int run, long from, long to) {
    long place = runs[3 * run + 2];
    if (place == ZEROES) {
      return zeroes.slice(0, (int) Math.min(BLOCK_SIZE, to - from));
    }
    long at = place + from - runs[3 * run];
    int start = (int) (at % SEGMENT_SIZE);
    return segments
        .get((int) (at / SEGMENT_SIZE))
        .slice(start, (int) Math.min(to - from, SEGMENT_SIZE - start));
  }
}
