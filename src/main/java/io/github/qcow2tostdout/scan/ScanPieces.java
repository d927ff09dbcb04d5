package io.github.qcow2tostdout.scan;

import io.github.qcow2tostdout.source.Offsets;
import java.io.IOException;
import java.util.Arrays;

/** Cuts extents into pieces of about the same amount of data, in their order. */
final class ScanPieces {
  /** Data in a piece, a multiple of every cluster size: no cluster inside an extent is cut. */
  static final long PIECE_SIZE = 16L << 20;

  /** Extents in a piece: many small ones make a piece too. */
  private static final int MAX_EXTENTS = 1024;

  /**
   * Some neighbouring extents.
   *
   * @param bounds first byte and byte behind the last of each, ascending
   * @param sides who may have data in each
   */
  record Piece(long[] bounds, ScanExtents.Side[] sides) {
    /** Whether there is no more to come. */
    boolean isEnd() {
      return bounds.length == 0;
    }

    /** The first byte of the piece. */
    long from() {
      return bounds[0];
    }

    /** Bytes of all its extents. */
    long size() {
      long size = 0;
      for (int at = 0; at < bounds.length; at += 2) {
        size += bounds[at + 1] - bounds[at];
      }
      return size;
    }

    /** The byte behind the piece. */
    long to() {
      return bounds[bounds.length - 1];
    }
  }

  private final ScanExtents extents;
  private final long[] bounds = new long[2 * MAX_EXTENTS];
  private final ScanExtents.Side[] sides = new ScanExtents.Side[MAX_EXTENTS];
  private long from;
  private long to;

  ScanPieces(ScanExtents extents) {
    this.extents = extents;
  }

  /** The next piece; behind the last comes one that {@linkplain Piece#isEnd says so}. */
  Piece next() throws IOException {
    int count = 0;
    for (long room = PIECE_SIZE; room > 0 && count < bounds.length; ) {
      if (from == to) {
        if (!extents.next()) {
          break;
        }
        from = extents.from();
        to = extents.to();
      }
      // The cut is where a piece's size divides, so the room that is left is only a guide.
      long end = Offsets.nextMultiple(Offsets.sum(from, room - 1, to), PIECE_SIZE, to);
      sides[count / 2] = extents.side();
      bounds[count++] = from;
      bounds[count++] = end;
      room -= end - from;
      from = end;
    }
    return new Piece(Arrays.copyOf(bounds, count), Arrays.copyOf(sides, count / 2));
  }
}
