package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.plan.AllocationMap;
import java.util.Optional;

/** Tells a source ahead of batches of clusters what they will want. */
final class BatchAdvice {
  private final ReadAhead readAhead;
  private final int clusterBits;
  private final boolean advising;

  /**
   * @param readAhead what tells it
   * @param advising whether anything is said at all
   */
  BatchAdvice(ReadAhead readAhead, AllocationMap map, boolean advising) {
    this.readAhead = readAhead;
    clusterBits = map.geometry().clusterBits();
    this.advising = advising;
  }

  /** A batch is about to be read. */
  Optional<ClusterBatch> before(Optional<ClusterBatch> batch) {
    if (advising && batch.isPresent()) {
      readAhead.emitted((long) batch.get().clusters().length << clusterBits);
    }
    return batch;
  }
}
