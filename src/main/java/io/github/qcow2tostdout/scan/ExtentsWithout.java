package io.github.qcow2tostdout.scan;

import io.github.qcow2tostdout.plan.IndexSet;
import io.github.qcow2tostdout.source.DataExtents;
import java.io.IOException;

/** Extents without the grains of a set. */
final class ExtentsWithout implements DataExtents {
  private final DataExtents extents;
  private final IndexSet grains;
  private final int grainBits;
  private long from;
  private long to;
  private long rest;
  private long end;

  /**
   * @param grains that are left out
   */
  ExtentsWithout(DataExtents extents, IndexSet grains, int grainBits) {
    this.extents = extents;
    this.grains = grains;
    this.grainBits = grainBits;
  }

  @Override
  public boolean next() throws IOException {
    while (rest < end || nextExtent()) {
      IndexSet.Runs runs = grains.runsFrom(rest >> grainBits);
      boolean found = runs.next();
      long runFrom = found ? Math.clamp(runs.from() << grainBits, rest, end) : end;
      from = rest;
      to = runFrom;
      rest = found ? Math.max(runFrom, Math.min(end, runs.to() << grainBits)) : end;
      if (from < to) {
        return true;
      }
    }
    return false;
  }

  private boolean nextExtent() throws IOException {
    boolean more = extents.next();
    if (more) {
      rest = extents.from();
      end = extents.to();
    }
    return more;
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
