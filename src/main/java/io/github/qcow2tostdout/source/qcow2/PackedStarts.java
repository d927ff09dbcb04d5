package io.github.qcow2tostdout.source.qcow2;

import java.util.Arrays;

/**
 * Where the data of compressed clusters starts, and where that of two does. Data that only overlaps
 * is not looked for: who decodes it from the middle of other data sees that it is none.
 */
final class PackedStarts {
  /** 64 MiB of them; of clusters of 64 KiB that is a disk of 512 GiB. */
  static final int MAX = 8 << 20;

  private long[] starts = new long[64];
  private int count;

  /** Those that are there twice, ascending; when it is complete. */
  private long[] twice = {};

  /** Adds one; false if there is no room for it. */
  boolean add(long start) {
    if (count == MAX) {
      return false;
    }
    if (count == starts.length) {
      starts = Arrays.copyOf(starts, Math.min(MAX, count + (count >> 1)));
    }
    starts[count] = start;
    count++;
    return true;
  }

  /** There are no more to add. */
  void complete() {
    Arrays.sort(starts, 0, count);
    int found = 0;
    for (int i = 1; i < count; i++) {
      if (starts[i] == starts[i - 1]) {
        starts[found] = starts[i];
        found++;
      }
    }
    twice = Arrays.copyOf(starts, found);
    starts = new long[0];
    count = 0;
  }

  /** Whether two clusters, or more, have their data at a place. */
  boolean isTwice(long start) {
    return Arrays.binarySearch(twice, start) >= 0;
  }
}
