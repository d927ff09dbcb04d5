package io.github.qcow2tostdout.source;

import java.util.Arrays;

/**
 * Extents in memory, 16 bytes each: ascending, disjoint and apart, since neighbours are joined.
 * Immutable.
 */
public final class ExtentList {
  private final long[] starts;
  private final long[] ends;
  private final int count;

  private ExtentList(long[] starts, long[] ends, int count) {
    this.starts = starts;
    this.ends = ends;
    this.count = count;
  }

  /** How many extents there are. */
  public int count() {
    return count;
  }

  /** The byte behind the last extent; 0 if there is none. */
  public long end() {
    return count == 0 ? 0 : ends[count - 1];
  }

  /** A walk over all of them. */
  public DataExtents walk() {
    return new Walk();
  }

  /** The first extent that ends behind an offset; {@link #count} if there is none. */
  int firstEndingBehind(long offset) {
    int found = Arrays.binarySearch(ends, 0, count, offset);
    return found >= 0 ? found + 1 : -found - 1;
  }

  /** The first byte of an extent. */
  long start(int index) {
    return starts[index];
  }

  /** The byte behind an extent. */
  long end(int index) {
    return ends[index];
  }

  private final class Walk implements DataExtents {
    private int index = -1;

    @Override
    public boolean next() {
      index = Math.min(index + 1, count);
      return index < count;
    }

    @Override
    public long from() {
      return starts[index];
    }

    @Override
    public long to() {
      return ends[index];
    }
  }

  /** Takes ranges in any order; they may overlap. */
  public static final class Builder {
    private long[] starts = new long[16];
    private long[] ends = new long[16];
    private int count;
    private boolean ascending = true;

    /** How many extents are kept so far. */
    public int count() {
      return count;
    }

    /** Adds [from, to); nothing if that is empty. */
    public void add(long from, long to) {
      if (from >= to) {
        return;
      }
      if (count > 0 && starts[count - 1] <= from && from <= ends[count - 1]) {
        ends[count - 1] = Math.max(ends[count - 1], to);
        return;
      }
      ascending &= count == 0 || ends[count - 1] < from;
      if (count == starts.length) {
        int larger = count + (count >> 1);
        starts = Arrays.copyOf(starts, larger);
        ends = Arrays.copyOf(ends, larger);
      }
      starts[count] = from;
      ends[count] = to;
      count++;
    }

    /** The list; the builder is not to be used again. */
    public ExtentList build() {
      if (!ascending) {
        unite();
      }
      return new ExtentList(starts, ends, count);
    }

    /**
     * With starts and ends each sorted on their own, an extent of the union ends at the n-th end
     * exactly if the start that follows the n-th lies behind it: then as many ranges have ended
     * before as have started.
     */
    private void unite() {
      Arrays.sort(starts, 0, count);
      Arrays.sort(ends, 0, count);
      int united = 0;
      long from = count == 0 ? 0 : starts[0];
      for (int n = 0; n < count; n++) {
        if (n + 1 == count || starts[n + 1] > ends[n]) {
          long next = n + 1 == count ? 0 : starts[n + 1];
          starts[united] = from;
          ends[united] = ends[n];
          united++;
          from = next;
        }
      }
      count = united;
    }
  }
}
