package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.plan.IndexSet;

/**
 * Some guest clusters that one thread compresses.
 *
 * @param clusters ascending
 */
record ClusterBatch(long[] clusters) {
  /** Bytes of the clusters of a batch: enough to be worth a task. */
  static final int SIZE = 1 << 20;

  /** How many clusters of that size a batch has. */
  static int clustersOf(int clusterBits) {
    return Math.max(1, SIZE >> clusterBits);
  }

  /** Takes clusters one by one from runs of them. */
  static final class Clusters {
    private final IndexSet.Runs runs;
    private long next;
    private long end;

    Clusters(IndexSet.Runs runs) {
      this.runs = runs;
    }

    /** Whether there is one more. */
    boolean hasNext() {
      if (next == end && runs.next()) {
        next = runs.from();
        end = runs.to();
      }
      return next < end;
    }

    long next() {
      return next++;
    }
  }
}
