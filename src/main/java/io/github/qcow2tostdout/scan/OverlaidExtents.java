package io.github.qcow2tostdout.scan;

import io.github.qcow2tostdout.source.DataExtents;
import java.io.IOException;

/**
 * The extents of a source and those of its base: ranges in which the source, the base or both may
 * have data. Where neither has, there is no range.
 */
final class OverlaidExtents implements ScanExtents {
  /** One side's extents up to their end, behind which there is one that is never reached. */
  private static final class Walk {
    private final DataExtents extents;
    private long from;
    private long to;

    Walk(DataExtents extents) {
      this.extents = extents;
    }

    /** Goes on to the extent that reaches beyond an offset. */
    void pass(long offset) throws IOException {
      while (to <= offset) {
        boolean more = extents.next();
        from = more ? extents.from() : Long.MAX_VALUE;
        to = more ? extents.to() : Long.MAX_VALUE;
      }
    }

    boolean holds(long offset) {
      return from <= offset;
    }

    /** Where it begins or ends next, behind an offset that it has passed. */
    long border(long offset) {
      return holds(offset) ? to : from;
    }
  }

  private final Walk source;
  private final Walk base;
  private long from;
  private long to;

  OverlaidExtents(DataExtents source, DataExtents base) {
    this.source = new Walk(source);
    this.base = new Walk(base);
  }

  @Override
  public boolean next() throws IOException {
    source.pass(to);
    base.pass(to);
    from = Math.max(to, Math.min(source.from, base.from));
    if (from == Long.MAX_VALUE) {
      return false;
    }
    to = Math.min(source.border(from), base.border(from));
    return true;
  }

  @Override
  public long from() {
    return from;
  }

  @Override
  public long to() {
    return to;
  }

  @Override
  public Side side() {
    if (source.holds(from)) {
      return base.holds(from) ? Side.BOTH : Side.SOURCE;
    }
    return Side.BASE;
  }
}
