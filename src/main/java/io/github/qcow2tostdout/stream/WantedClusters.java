package io.github.qcow2tostdout.stream;

import io.github.qcow2tostdout.image.ClusterSet;
import java.util.PrimitiveIterator;
import java.util.stream.LongStream;

/** Clusters that one table of a stream names. They can be gone through when it has come. */
final class WantedClusters {
  /** There is no other. */
  static final long NONE = Long.MAX_VALUE;

  private final ClusterSet set = new ClusterSet();
  private PrimitiveIterator.OfLong sorted = LongStream.empty().iterator();
  private long next = NONE;

  /** Wants a cluster; whether there was room for it. */
  boolean add(long cluster) {
    return set.add(cluster) != ClusterSet.Added.NO_ROOM;
  }

  /** How many are wanted. */
  int size() {
    return set.size();
  }

  /** There are no more to add. */
  void complete() {
    sorted = set.drainSorted();
    next = -1;
  }

  /**
   * The first from a cluster on; {@link #NONE} if there is none, or the table has not come.
   *
   * @param from not less than the time before
   */
  long next(long from) {
    while (next < from) {
      next = sorted.hasNext() ? sorted.nextLong() : NONE;
    }
    return next;
  }
}
