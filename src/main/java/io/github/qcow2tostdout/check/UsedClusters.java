package io.github.qcow2tostdout.check;

/** A set of host clusters, in chunks that take nothing until something is in them. */
final class UsedClusters {
  private final ReferenceCounts counts;

  /** An empty set for clusters below a bound. */
  UsedClusters(long size) {
    counts = new ReferenceCounts(size);
  }

  /** Adds a cluster; whether it was not in it. */
  boolean add(long cluster) {
    if (counts.get(cluster) != 0) {
      return false;
    }
    counts.set(cluster, 1);
    return true;
  }

  /** Adds a range. */
  void addAll(long from, long to) {
    long at = from;
    while (at < to) {
      at = counts.setOnes(at, to) + 1;
    }
  }

  /** Whether it is in it. */
  boolean contains(long cluster) {
    return counts.get(cluster) != 0;
  }
}
