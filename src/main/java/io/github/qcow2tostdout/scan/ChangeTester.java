package io.github.qcow2tostdout.scan;

import io.github.qcow2tostdout.source.Offsets;
import io.github.qcow2tostdout.source.Source;
import java.io.IOException;

/** Finds the grains of a source that differ from those of its base. */
final class ChangeTester implements GrainTester {
  /** Read of each side at a time: little enough to be compared in the processor's cache. */
  private static final int WINDOW_SIZE = 64 << 10;

  private final int grainBits;
  private final int grainSize;
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
    grainSize = 1 << grainBits;
    sourceTester = new DataTester(source, grainBits, false, false);
    baseTester = new DataTester(base, grainBits, false, false);
    sourceWindow = new SourceWindow(source, WINDOW_SIZE);
    baseWindow = new SourceWindow(base, WINDOW_SIZE);
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
        case SOURCE -> sourceTester.find(new long[] {from, to}, data);
        case BASE -> baseTester.find(new long[] {from, to}, becameZero);
        case BOTH -> compare(from, to);
      }
    }
    return new Found(data.toArray(), zero.toArray());
  }

  private void compare(long from, long to) throws IOException {
    if (grainSize > WINDOW_SIZE) {
      compareByParts(from, to);
    } else {
      compareByGrains(from, to);
    }
  }

  /** Several grains at a time. */
  private void compareByGrains(long from, long to) throws IOException {
    for (long at = from; at < to; ) {
      int bytes = read(at, to);
      int compared = 0;
      for (int differing = sourceWindow.mismatch(baseWindow, 0, bytes);
          differing >= 0;
          differing = sourceWindow.mismatch(baseWindow, compared, bytes)) {
        long grain = (at + differing) >> grainBits;
        int start = (int) ((grain << grainBits) - at);
        compared = Math.min(bytes, start + grainSize);
        (sourceWindow.isZero(start, compared) ? becameZero : data).add(grain);
      }
      at += bytes;
    }
  }

  /** A grain in several parts, as many of them as it takes to know. */
  private void compareByParts(long from, long to) throws IOException {
    long end;
    for (long start = from; start < to; start = end) {
      end = Offsets.nextMultiple(start, grainSize, to);
      boolean equal = true;
      boolean zero = true;
      for (long at = start; at < end && (equal || zero); ) {
        int bytes = read(at, end);
        equal = equal && sourceWindow.mismatch(baseWindow, 0, bytes) < 0;
        zero = zero && sourceWindow.isZero(0, bytes);
        at += bytes;
      }
      if (!equal) {
        (zero ? becameZero : data).add(start >> grainBits);
      }
    }
  }

  /** Reads both sides, up to where windows end and grains may. */
  private int read(long at, long to) throws IOException {
    int bytes = (int) Math.min(to - at, WINDOW_SIZE - (at & (WINDOW_SIZE - 1)));
    sourceWindow.read(at, bytes);
    baseWindow.read(at, bytes);
    return bytes;
  }
}
