package io.github.qcow2tostdout.metadata;

import java.util.Arrays;

/** Parts of a file, ascending, with something between each and the next. */
final class Pieces {
  private long[] from = new long[16];
  private long[] to = new long[16];
  private int size;
  private long bytes;

  /** Adds a part that starts where the last starts, or behind that. */
  void add(long start, long end) {
    if (start >= end) {
      return;
    }
    if (size > 0 && start <= to[size - 1]) {
      bytes += Math.max(0, end - to[size - 1]);
      to[size - 1] = Math.max(end, to[size - 1]);
      return;
    }
    if (size == from.length) {
      from = Arrays.copyOf(from, size * 2);
      to = Arrays.copyOf(to, size * 2);
    }
    from[size] = start;
    to[size] = end;
    bytes += end - start;
    size++;
  }

  /** How many there are. */
  int size() {
    return size;
  }

  /** Bytes of all. */
  long bytes() {
    return bytes;
  }

  /** Where one starts. */
  long from(int index) {
    return from[index];
  }

  /** Where one ends. */
  long to(int index) {
    return to[index];
  }

  /** The first that ends behind an offset; {@link #size} if there is none. */
  int firstBehind(long offset) {
    int found = Arrays.binarySearch(to, 0, size, offset);
    return found >= 0 ? found + 1 : -found - 1;
  }
}
