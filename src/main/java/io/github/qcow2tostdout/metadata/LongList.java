package io.github.qcow2tostdout.metadata;

import java.util.Arrays;

/** Offsets, of which those that are there twice are dropped when room is needed. */
final class LongList {
  /** 128 MiB: every L2 table of the largest disk of 4 KiB clusters, four times. */
  static final int MAX = 1 << 24;

  private long[] values = new long[1 << 8];
  private int size;

  /** Adds one; false if there are more different ones than there may be. */
  boolean add(long value) {
    if (size > 0 && values[size - 1] == value) {
      return true;
    }
    if (size == values.length) {
      sort();
      if (size > values.length / 4 * 3) {
        if (values.length == MAX) {
          return false;
        }
        values = Arrays.copyOf(values, values.length * 2);
      }
    }
    values[size] = value;
    size++;
    return true;
  }

  /** Sorts them, and leaves each in once. */
  void sort() {
    Arrays.sort(values, 0, size);
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (kept == 0 || values[i] != values[kept - 1]) {
        values[kept] = values[i];
        kept++;
      }
    }
    size = kept;
  }

  int size() {
    return size;
  }

  long get(int index) {
    return values[index];
  }
}
