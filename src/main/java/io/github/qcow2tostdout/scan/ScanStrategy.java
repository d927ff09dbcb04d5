package io.github.qcow2tostdout.scan;

import io.github.qcow2tostdout.source.DataExtents;
import io.github.qcow2tostdout.source.Offsets;
import io.github.qcow2tostdout.source.Residency;
import io.github.qcow2tostdout.source.Source;
import java.io.IOException;

/**
 * How the two passes read a source: how many threads test pieces, how many pieces are under way,
 * and what the source is told beforehand. It changes the time they take, never the result.
 */
public enum ScanStrategy {
  /** The data is in memory: one thread that probes is as fast as two. */
  CACHED("in memory", 1, 1, Advice.NOTHING, false),

  /** The data fits memory: the scan has it all read ahead, and the emission finds it there. */
  READ_ALL("not in memory, which has room for it", 2, 5, Advice.PIECES, false),

  /**
   * The data is larger than memory: only the first bytes of each cluster are read for the scan, as
   * many at once as the medium takes, and the emission has its own read-ahead.
   */
  PROBE("not in memory, which has no room for it", 2, 4, Advice.PROBES, true),

  /**
   * The data is at the other end of a connection: as in {@link #PROBE}, but what the scan reads was
   * announced and is on its way, so that a second thread would only be in the way of the first.
   */
  REMOTE("behind a connection", 1, 2, Advice.PROBES, true),

  /** A disk and its base in memory: both are read whole, which two threads do faster. */
  COMPARE_CACHED("compared in memory", 2, 4, Advice.NOTHING, false),

  /** A disk and its base that are not in memory: both are read ahead, and the data again. */
  COMPARE("compared, not in memory", 2, 5, Advice.PIECES, true),

  /** The same where one of them is at the other end of a connection. */
  COMPARE_REMOTE("compared, behind a connection", 1, 2, Advice.PIECES, true);

  /** What is asked for before a piece is tested. */
  private enum Advice {
    NOTHING,
    PROBES,
    PIECES
  }

  /** From this share of the data in memory on, the rest is not worth a plan. */
  private static final double MOSTLY_CACHED = 0.9;

  /** The share of the available memory that the data may take: more would push itself out. */
  private static final double SHARE_OF_MEMORY = 0.5;

  /** Kernels cut a piece of advice at the device's largest request. */
  private static final long ADVICE_SIZE = 1L << 20;

  private final String words;
  private final int threads;
  private final int piecesInFlight;
  private final Advice advice;
  private final boolean readAhead;

  ScanStrategy(String words, int threads, int piecesInFlight, Advice advice, boolean readAhead) {
    this.words = words;
    this.threads = threads;
    this.piecesInFlight = piecesInFlight;
    this.advice = advice;
    this.readAhead = readAhead;
  }

  /** Chooses by where the source's data is. */
  public static ScanStrategy choose(Source source) throws IOException {
    Residency residency = source.residency(source.dataExtents());
    if (residency.isRemote()) {
      return REMOTE;
    }
    if (isCached(residency)) {
      return CACHED;
    }
    return residency.missing() <= residency.available() * SHARE_OF_MEMORY ? READ_ALL : PROBE;
  }

  /** Chooses for a comparison. */
  public static ScanStrategy choose(Source source, Source base) throws IOException {
    Residency one = source.residency(source.dataExtents());
    Residency other = base.residency(base.dataExtents());
    if (one.isRemote() || other.isRemote()) {
      return COMPARE_REMOTE;
    }
    return isCached(one) && isCached(other) ? COMPARE_CACHED : COMPARE;
  }

  /** Chooses for the emission alone, by where what it reads is: nothing was read before it. */
  public static ScanStrategy chooseForEmission(Source source, DataExtents extents)
      throws IOException {
    Residency residency = source.residency(extents);
    return residency.isRemote() ? REMOTE : isCached(residency) ? CACHED : PROBE;
  }

  private static boolean isCached(Residency residency) {
    return residency.cached() >= residency.data() * MOSTLY_CACHED;
  }

  /** How many threads test pieces. */
  int threads() {
    return threads;
  }

  /** How many threads read all data, where a second one does not get in the way of the first. */
  public int readingThreads() {
    return this == REMOTE || this == COMPARE_REMOTE ? 1 : 2;
  }

  /** How many pieces are taken on before the first of them must be done. */
  int piecesInFlight() {
    return piecesInFlight;
  }

  /** Whether the emission advises the source on what comes next. */
  public boolean readAhead() {
    return readAhead;
  }

  /** Whether the source is told of a read that follows from another, too. */
  boolean announcing() {
    return this == REMOTE;
  }

  /** Advises a source before a piece is read whole. */
  static void adviseAll(Source source, ScanPieces.Piece piece) {
    for (int at = 0; at < piece.bounds().length; at += 2) {
      long from = piece.bounds()[at];
      source.willNeed(from, Math.min(piece.bounds()[at + 1], source.size()) - from);
    }
  }

  /**
   * Advises a source before a piece is tested.
   *
   * @param absent the side whose extents are not this source's
   */
  void advise(Source source, ScanExtents.Side absent, ScanPieces.Piece piece, int grainSize) {
    // Small grains are not probed: then the whole piece is wanted.
    long step =
        switch (advice) {
          case NOTHING -> 0;
          case PIECES -> ADVICE_SIZE;
          case PROBES -> DataTester.probes(grainSize) ? grainSize : ADVICE_SIZE;
        };
    long size = step == ADVICE_SIZE || step == 0 ? step : DataTester.PROBE_SIZE;
    for (int extent = 0; step > 0 && extent < piece.sides().length; extent++) {
      if (!piece.sides()[extent].equals(absent)) {
        long to = Math.min(piece.bounds()[2 * extent + 1], source.size());
        long next;
        for (long at = piece.bounds()[2 * extent]; at < to; at = next) {
          next = Offsets.nextMultiple(at, step, to);
          source.willNeed(at, Math.min(size, next - at));
        }
      }
    }
  }

  @Override
  public String toString() {
    return words;
  }
}
