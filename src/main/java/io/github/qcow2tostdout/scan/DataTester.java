package io.github.qcow2tostdout.scan;

import io.github.qcow2tostdout.source.Offsets;
import io.github.qcow2tostdout.source.Source;
import java.io.IOException;
import java.util.BitSet;
import java.util.function.LongPredicate;

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

  private final Source source;
  private final int grainBits;
  private final boolean keepZeroes;
  private final boolean probing;
  private final boolean announcing;
  private final LongPredicate readWhole;
  private final SourceWindow window;
  private final BitSet silent = new BitSet();
  private final GrainRuns data = new GrainRuns();
  private final GrainRuns zero = new GrainRuns();

  /** One that probes what is worth it. */
  DataTester(Source source, int grainBits, boolean keepZeroes, boolean announcing) {
    this(source, grainBits, keepZeroes, announcing, offset -> false);
  }

  /**
   * @param keepZeroes whether grains without such a byte are of interest too; then the extents of
   *     pieces are whole grains
   * @param announcing whether the source is told of reads that follow from others
   * @param readWhole whether the piece that begins at an offset is read whole and not probed
   */
  DataTester(
      Source source,
      int grainBits,
      boolean keepZeroes,
      boolean announcing,
      LongPredicate readWhole) {
    this.readWhole = readWhole;
    this.source = source;
    this.announcing = announcing;
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
    find(piece.bounds(), data);
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

  /**
   * Adds to a list the grains that hold data.
   *
   * @param bounds of extents: first byte and byte behind the last of each, ascending
   */
  void find(long[] bounds, GrainRuns found) throws IOException {
    if (probing && !readWhole.test(bounds[0])) {
      probe(bounds, found);
    } else {
      for (int extent = 0; extent < bounds.length; extent += 2) {
        readAll(bounds[extent], end(bounds, extent), found);
      }
    }
  }

  /** Whole grains may reach beyond the source's end, where there is nothing. */
  private long end(long[] bounds, int extent) {
    return Math.min(bounds[extent + 1], source.size());
  }

  /**
   * First the start of each grain, then the rest of those whose start is silent: what the first
   * round finds can be announced before the second wants it.
   */
  private void probe(long[] bounds, GrainRuns found) throws IOException {
    silent.clear();
    int parts = 0;
    for (int extent = 0; extent < bounds.length; extent += 2) {
      long to = end(bounds, extent);
      long end;
      for (long at = bounds[extent]; at < to; at = end, parts++) {
        end = Offsets.nextMultiple(at, 1L << grainBits, to);
        if (source.surelyHoldsData(at, end - at)) {
          continue;
        }
        int bytes = (int) Math.min(PROBE_SIZE, end - at);
        window.read(at, bytes);
        silent.set(parts, window.isZero(0, bytes));
        if (announcing && silent.get(parts) && at + bytes < end) {
          source.willNeed(at + bytes, end - at - bytes);
        }
      }
    }
    parts = 0;
    for (int extent = 0; extent < bounds.length; extent += 2) {
      long to = end(bounds, extent);
      long end;
      for (long at = bounds[extent]; at < to; at = end, parts++) {
        long grain = at >> grainBits;
        end = Offsets.nextMultiple(at, 1L << grainBits, to);
        if (!found.endsWith(grain)
            && (!silent.get(parts) || holdsData(Math.min(at + PROBE_SIZE, end), end))) {
          found.add(grain);
        }
      }
    }
  }

  private boolean holdsData(long from, long to) throws IOException {
    for (long at = from; at < to; ) {
      int bytes = (int) Math.min(BULK_SIZE, to - at);
      window.read(at, bytes);
      if (!window.isZero(0, bytes)) {
        return true;
      }
      at += bytes;
    }
    return false;
  }

  private void readAll(long from, long to, GrainRuns found) throws IOException {
    for (long at = from; at < to; ) {
      // Reads end where grains do.
      int bytes = (int) (Offsets.nextMultiple(at, BULK_SIZE, to) - at);
      window.read(at, bytes);
      for (int tested = 0; tested < bytes; ) {
        long grain = (at + tested) >> grainBits;
        int end = (int) (Offsets.nextMultiple(at + tested, 1L << grainBits, at + bytes) - at);
        if (!found.endsWith(grain) && !window.isZero(tested, end)) {
          found.add(grain);
        }
        tested = end;
      }
      at += bytes;
    }
  }
}
