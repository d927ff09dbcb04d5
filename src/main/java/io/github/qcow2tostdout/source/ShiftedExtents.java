package io.github.qcow2tostdout.source;

import java.io.IOException;

/** Extents in other coordinates, as far as they lie in [0, size) there. */
final class ShiftedExtents implements DataExtents {
  private final DataExtents extents;
  private final long shift;
  private final long size;
  private long from;
  private long to;

  /**
   * @param shift what is added to each offset
   */
  ShiftedExtents(DataExtents extents, long shift, long size) {
    this.extents = extents;
    this.shift = shift;
    this.size = size;
  }

  @Override
  public boolean next() throws IOException {
    while (extents.next()) {
      from = Math.max(0, extents.from() + shift);
      to = Math.min(size, extents.to() + shift);
      if (from >= size) {
        return false;
      }
      if (from < to) {
        return true;
      }
    }
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
