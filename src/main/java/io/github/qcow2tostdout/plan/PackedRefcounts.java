package io.github.qcow2tostdout.plan;

import io.github.qcow2tostdout.format.RefcountEntries;

/** How many packed clusters are in each host cluster; for one thread, fastest in order. */
final class PackedRefcounts implements RefcountEntries.Runs {
  private final PackedCursor cursor;
  private final int clusterBits;
  private final long hostClusters;
  private RefcountEntries.Run present = new RefcountEntries.Run(0, 0);

  /** Whether the cursor is at a cluster that is not counted yet. */
  private boolean waiting;

  /** The last host cluster that the last counted cluster is in. */
  private long reached = -1;

  PackedRefcounts(PackedCursor cursor, int clusterBits, long hostClusters) {
    this.cursor = cursor;
    this.clusterBits = clusterBits;
    this.hostClusters = hostClusters;
  }

  @Override
  public RefcountEntries.Run at(long cluster) {
    if (cluster >= hostClusters) {
      return RefcountEntries.Run.REST;
    }
    if (cluster == present.end() - 1) {
      return present;
    }
    if (cluster != present.end()) {
      cursor.before(cluster << clusterBits);
      waiting = false;
      reached = -1;
    }
    present = new RefcountEntries.Run(count(cluster), cluster + 1);
    return present;
  }

  private long count(long cluster) {
    long found = reached >= cluster ? 1 : 0;
    while (waiting || cursor.next()) {
      long first = cursor.offset() >> clusterBits;
      waiting = first > cluster;
      if (waiting) {
        break;
      }
      reached = (cursor.end() - 1) >> clusterBits;
      if (first == cluster || reached >= cluster) {
        found++;
      }
    }
    return found;
  }
}
