package io.github.qcow2tostdout.scan;

import io.github.qcow2tostdout.source.DataExtents;
import java.io.IOException;

/** Ranges that the scan has to look at, ascending and disjoint. */
interface ScanExtents extends DataExtents {
  /** Who may have data in a range; all others have zeroes there. */
  enum Side {
    SOURCE,
    BASE,
    BOTH
  }

  /** Who may have data in the current range. */
  Side side();

  /** The extents of a source that is compared with nothing. */
  static ScanExtents ofSource(DataExtents extents) {
    return new ScanExtents() {
      @Override
      public Side side() {
        return Side.SOURCE;
      }

      @Override
      public boolean next() throws IOException {
        return extents.next();
      }

      @Override
      public long from() {
        return extents.from();
      }

      @Override
      public long to() {
        return extents.to();
      }
    };
  }
}
