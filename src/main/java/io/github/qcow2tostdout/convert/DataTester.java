package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.source.Source;
import java.io.IOException;

/** Finds the grains of one source that have a byte that is not zero. */
final class DataTester implements GrainTester {
  /** Read at a time where all is read. */
  private static final int BULK_SIZE = 512 << 10;

  /**
   * Read of a grain first, where that is worth a call of its own: data is known by its first bytes.
   */
  static final int PROBE_SIZE = 4 << 10;

  /** Below this, a call for each grain costs more than to read them all. */
  private static final int MIN_PROBED_GRAIN_SIZE = 16 << 10;

  private final long size;
  private final int grainBits;
  private final boolean keepZeroes;
  private final boolean probing;
  private final SourceWindow window;
  private final GrainRuns data = new GrainRuns();
  private final GrainRuns zero = new GrainRuns();

  /**
   * @param keepZeroes whether grains without such a byte are of interest too; then the extents of
   *     pieces are whole grains
   */
  DataTester(Source source, int grainBits, boolean keepZeroes) {
    size = source.size();
    this.grainBits = grainBits;
    this.keepZeroes = keepZeroes;
    probing = probes(1 << grainBits);
    window = new SourceWindow(source, BULK_SIZE);
  }

  /** Whether grains of that size are probed, at their start, before they are read. */
  static boolean probes(int grainSize) {
    return grainSize >= MIN_PROBED_GRAIN_SIZE;
  }

  @Override
  public Found test(ScanPieces.Piece piece) throws IOException {
    data.clear();
    zero.clear();
    for (int at = 0; at < piece.bounds().length; at += 2) {
      find(piece.bounds()[at], piece.bounds()[at + 1], data);
    }
    long[] found = data.toArray();
    if (keepZeroes) {
      addOthers(piece, found);
    }
    return new Found(found, zero.toArray());
  }

  private void addOthers(ScanPieces.Piece piece, long[] found) {
    int run = 0;
    for (int at = 0; at < piece.bounds().length; at += 2) {
      long next = piece.bounds()[at] >> grainBits;
      long end = ((piece.bounds()[at + 1] - 1) >> grainBits) + 1;
      for (; run < found.length && found[run] < end; run += 2) {
        if (next < found[run]) {
          zero.add(next, found[run]);
        }
        next = found[run + 1];
      }
      if (next < end) {
        zero.add(next, end);
      }
    }
  }

  /** Adds to a list the grains of [from, to) that hold data. */
  void find(long from, long to, GrainRuns found) throws IOException {
    // Whole grains may reach beyond the source's end, where there is nothing.
    long end = Math.min(to, size);
    if (probing) {
      probe(from, end, found);
    } else {
      readAll(from, end, found);
    }
  }

  private void probe(long from, long to, GrainRuns found) throws IOException {
    for (long at = from; at < to; ) {
      long grain = at >> grainBits;
      long end = Math.min(to, (grain + 1) << grainBits);
      if (!found.endsWith(grain) && holdsData(at, end)) {
        found.add(grain);
      }
      at = end;
    }
  }

  private boolean holdsData(long from, long to) throws IOException {
    int step = PROBE_SIZE;
    for (long at = from; at < to; at += step, step = BULK_SIZE) {
      int bytes = (int) Math.min(step, to - at);
      window.read(at, bytes);
      if (!window.isZero(0, bytes)) {
        return true;
      }
    }
    return false;
  }

  private void readAll(long from, long to, GrainRuns found) throws IOException {
    for (long at = from; at < to; ) {
      // Reads end where grains do.
      long aligned = (at + BULK_SIZE) & -BULK_SIZE;
      int bytes = (int) (Math.min(to, aligned) - at);
      window.read(at, bytes);
      for (int tested = 0; tested < bytes; ) {
        long grain = (at + tested) >> grainBits;
        int end = (int) Math.min(bytes, ((grain + 1) << grainBits) - at);
        if (!found.endsWith(grain) && !window.isZero(tested, end)) {
          found.add(grain);
        }
        tested = end;
      }
      at += bytes;
    }
  }
}
