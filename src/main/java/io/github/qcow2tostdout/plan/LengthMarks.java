package io.github.qcow2tostdout.plan;

import java.util.Arrays;

/** How far the packing of clusters had come at the beginning of each chunk of their lengths. */
public final class LengthMarks {
  private long[] starts = new long[4];
  private long[] refcounts = new long[4];
  private long[] sums = new long[4];
  private int size;

  /**
   * Adds the next.
   *
   * @param start where the data of the chunk begins
   * @param refcount of the host cluster in which that is, if it begins inside one
   * @param sum bytes of compressed data before it
   */
  public void add(long start, long refcount, long sum) {
    if (size == starts.length) {
      starts = Arrays.copyOf(starts, 2 * size);
      refcounts = Arrays.copyOf(refcounts, 2 * size);
      sums = Arrays.copyOf(sums, 2 * size);
    }
    starts[size] = start;
    refcounts[size] = refcount;
    sums[size] = sum;
    size++;
  }

  /** How many chunks there are. */
  public int size() {
    return size;
  }

  /** Where the data of a chunk begins. */
  public long start(int chunk) {
    return starts[chunk];
  }

  /** The refcount, up to there, of the host cluster in which it begins. */
  public long refcount(int chunk) {
    return refcounts[chunk];
  }

  /** Bytes of compressed data before a chunk. */
  public long sum(int chunk) {
    return sums[chunk];
  }

  /** The last chunk that begins at an offset or before it. */
  int at(long offset) {
    int found = Arrays.binarySearch(starts, 0, size, offset);
    return found < 0 ? Math.max(0, -found - 2) : found;
  }
}
