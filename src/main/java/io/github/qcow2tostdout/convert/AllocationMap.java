package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.Limits;

/**
 * Which guest clusters of a disk are allocated, and which L1 entries therefore have an L2 table.
 *
 * @param geometry cluster size
 * @param diskSize virtual size in bytes, a multiple of 512
 * @param data the allocated guest clusters
 * @param l2Tables the L1 entries with an L2 table
 */
record AllocationMap(Geometry geometry, long diskSize, IndexSet data, IndexSet l2Tables) {

  static AllocationMap of(Geometry geometry, long diskSize, IndexSet data) {
    int perTable = geometry.tableEntries();
    IndexSet.Builder l2Tables = new IndexSet.Builder();
    for (IndexSet.Runs runs = data.runsFrom(0); runs.next(); ) {
      l2Tables.add(runs.from() / perTable, (runs.to() - 1) / perTable + 1);
    }
    return new AllocationMap(geometry, diskSize, data, l2Tables.build());
  }

  /** The map in which every cluster is allocated. */
  static AllocationMap full(Geometry geometry, long diskSize) {
    long guestClusters = geometry.clusters(diskSize);
    return new AllocationMap(
        geometry,
        diskSize,
        IndexSet.upTo(guestClusters),
        IndexSet.upTo(geometry.l1Size(guestClusters)));
  }

  /** The virtual size of a disk: QEMU counts in sectors and would drop a partial one. */
  static long diskSize(long sourceSize) {
    // The last sizes below 2^63 can't be rounded up; they are far beyond what images reach anyway.
    long largest = Long.MAX_VALUE & -Limits.SECTOR_SIZE;
    return Math.ceilDiv(Math.min(sourceSize, largest), Limits.SECTOR_SIZE) * Limits.SECTOR_SIZE;
  }

  /** Entries of the L1 table. */
  long l1Size() {
    return geometry.l1Size(geometry.clusters(diskSize));
  }
}
