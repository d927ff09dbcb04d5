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
  private long from;
  private long to;
  private long ahead;

  /**
   * @param firstCluster the guest cluster at which the emission starts
   */
  ReadAhead(Source source, AllocationMap map, long firstCluster) {
    this.source = source;
    clusterBits = map.geometry().clusterBits();
    runs = map.clusters().runsFrom(firstCluster);
  }

  /** So many bytes more have been emitted. */
  void emitted(long count) {
    ahead -= count;
    while (ahead < WINDOW && more()) {
      long end = Offsets.sum(from, STEP, to);
      source.willNeed(from, end - from);
      ahead += end - from;
      from = end;
    }
  }

  private boolean more() {
    if (from == to && runs.next()) {
      from = runs.from() << clusterBits;
      to = runs.to() << clusterBits;
    }
    return from < to;
  }
}
