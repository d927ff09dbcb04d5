package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.source.Source;
import java.io.IOException;

/** Finds the grains of a source that differ from those of its base. */
final class ChangeTester implements GrainTester {
  /** Read of each side at a time: both parts are still in the processor's cache when compared. */
  private static final int BULK_SIZE = 256 << 10;

  private final int grainBits;
  private final int chunkSize;
  private final DataTester sourceTester;
  private final DataTester baseTester;
  private final SourceWindow sourceWindow;
  private final SourceWindow baseWindow;
  private final GrainRuns data = new GrainRuns();
  private final GrainRuns zero = new GrainRuns();
  private final GrainRuns becameZero;

  /**
   * @param keepZeroes whether grains that became zero are found as such; else they are data like
   *     all that differs
   */
  ChangeTester(Source source, Source base, int grainBits, boolean keepZeroes) {
    this.grainBits = grainBits;
    chunkSize = Math.max(BULK_SIZE, 1 << grainBits);
    sourceTester = new DataTester(source, grainBits, false);
    baseTester = new DataTester(base, grainBits, false);
    sourceWindow = new SourceWindow(source, chunkSize);
    baseWindow = new SourceWindow(base, chunkSize);
    becameZero = keepZeroes ? zero : data;
  }

  /**
   * @param piece whose extents are whole grains, up to the disk's end
   */
  @Override
  public Found test(ScanPieces.Piece piece) throws IOException {
    data.clear();
    zero.clear();
    for (int i = 0; i < piece.sides().length; i++) {
      long from = piece.bounds()[2 * i];
      long to = piece.bounds()[2 * i + 1];
      switch (piece.sides()[i]) {
        // Zeroes on the other side: data is a difference, and zeroes are none.
        case SOURCE -> sourceTester.find(from, to, data);
        case BASE -> baseTester.find(from, to, becameZero);
        case BOTH -> compare(from, to);
      }
    }
    return new Found(data.toArray(), zero.toArray());
  }

  private void compare(long from, long to) throws IOException {
    for (long at = from; at < to; ) {
      long aligned = (at + chunkSize) & -chunkSize;
      int bytes = (int) (Math.min(to, aligned) - at);
      sourceWindow.read(at, bytes);
      baseWindow.read(at, bytes);
      int compared = 0;
      for (int differing = sourceWindow.mismatch(baseWindow, 0, bytes);
          differing >= 0;
          differing = sourceWindow.mismatch(baseWindow, compared, bytes)) {
        long grain = (at + differing) >> grainBits;
        int start = (int) ((grain << grainBits) - at);
        compared = (int) Math.min(bytes, ((grain + 1) << grainBits) - at);
        (sourceWindow.isZero(start, compared) ? becameZero : data).add(grain);
      }
      at += bytes;
    }
  }
}
