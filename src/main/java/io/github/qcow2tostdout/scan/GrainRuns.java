package io.github.qcow2tostdout.scan;

import java.util.Arrays;

/** Runs of grains that a test found, ascending; a list that is reused. */
final class GrainRuns {
  private static final long[] NONE = {};

  private long[] bounds = new long[64];
  private int count;

  /** Forgets all. */
  void clear() {
    count = 0;
  }

  /** Whether a grain is in the last run; those that are looked at ascend. */
  boolean endsWith(long grain) {
    return count > 0 && bounds[count - 1] > grain;
  }

  /** Adds a grain behind all others. */
  void add(long grain) {
    add(grain, grain + 1);
  }

  /** Adds a run [from, to) behind all others. */
  void add(long from, long to) {
    if (count > 0 && bounds[count - 1] == from) {
      bounds[count - 1] = to;
      return;
    }
    if (count == bounds.length) {
      bounds = Arrays.copyOf(bounds, 2 * count);
    }
    bounds[count++] = from;
    bounds[count++] = to;
  }

  /** The first of each run and what is behind its last. */
  long[] toArray() {
    return count == 0 ? NONE : Arrays.copyOf(bounds, count);
  }
}
