package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.plan.AllocationMap;
import io.github.qcow2tostdout.plan.IndexSet;
import io.github.qcow2tostdout.source.Offsets;
import io.github.qcow2tostdout.source.Source;

/** Tells the source a window ahead which data clusters the emission will want. */
final class ReadAhead {
  private static final long WINDOW = 32L << 20;
  private static final long STEP = 1L << 20;

  private final Source source;
  private final int clusterBits;
  private final IndexSet.Runs runs;
  private final long end;
  private long from;
  private long to;
  private long ahead;

  private ReadAhead(Source source, int clusterBits, IndexSet.Runs runs, long end) {
    this.source = source;
    this.clusterBits = clusterBits;
    this.runs = runs;
    this.end = end;
  }

  /** One that goes over all data. */
  static ReadAhead ofAll(Source source, AllocationMap map) {
    return new ReadAhead(
        source, map.geometry().clusterBits(), map.clusters().runsFrom(0), Long.MAX_VALUE);
  }

  /**
   * One for a part.
   *
   * @param first how many allocated clusters are before the part
   * @param last how many are before its last
   */
  static ReadAhead between(Source source, AllocationMap map, long first, long last) {
    int clusterBits = map.geometry().clusterBits();
    IndexSet clusters = map.clusters();
    return new ReadAhead(
        source,
        clusterBits,
        clusters.runsFrom(clusters.select(first)),
        (clusters.select(last) + 1) << clusterBits);
  }

  /** So many bytes more have been emitted. */
  void emitted(long count) {
    ahead -= count;
    while (ahead < WINDOW && more()) {
      long stop = Offsets.sum(from, STEP, Math.min(to, end));
      source.willNeed(from, stop - from);
      ahead += stop - from;
      from = stop;
    }
  }

  private boolean more() {
    if (from == to && runs.next()) {
      from = runs.from() << clusterBits;
      to = runs.to() << clusterBits;
    }
    return from < Math.min(to, end);
  }
}
