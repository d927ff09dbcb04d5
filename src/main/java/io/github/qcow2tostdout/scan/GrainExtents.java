package io.github.qcow2tostdout.scan;

import io.github.qcow2tostdout.source.DataExtents;
import java.io.IOException;

/**
 * The grains that extents touch, whole: what a grain is can then be said by one look at it. Extents
 * that meet by that are one.
 */
final class GrainExtents implements DataExtents {
  private final DataExtents extents;
  private final long grainMask;
  private final long end;
  private long from;
  private long to;
  private long nextFrom;
  private long nextTo;

  /**
   * @param end where the disk ends, which may be inside a grain; what lies behind it is left out
   */
  GrainExtents(DataExtents extents, int grainBits, long end) {
    this.extents = extents;
    grainMask = -1L << grainBits;
    this.end = end;
  }

  @Override
  public boolean next() throws IOException {
    if (nextFrom == nextTo && !read()) {
      return false;
    }
    from = nextFrom;
    do {
      to = nextTo;
    } while (read() && nextFrom <= to);
    return true;
  }

  /** Reads on to an extent that reaches further; without one, the next is empty. */
  private boolean read() throws IOException {
    while (extents.next() && extents.from() < end) {
      long rounded = (extents.to() - 1 | ~grainMask) + 1;
      nextFrom = extents.from() & grainMask;
      nextTo = rounded < 0 ? end : Math.min(rounded, end);
      if (nextTo > to) {
        return true;
      }
    }
    nextFrom = nextTo;
    return false;
  }

  @Override
  public long from() {
    return from;
  }

  @Override
  public long to() {
    return to;
  }
}
