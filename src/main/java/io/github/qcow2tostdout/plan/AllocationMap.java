package io.github.qcow2tostdout.plan;

import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.Limits;

/**
 * What of a disk an image maps, and what follows from that.
 *
 * @param geometry cluster size
 * @param diskSize virtual size in bytes, a multiple of 512
 * @param grains what is mapped
 * @param clusters the allocated guest clusters: those with a grain of data
 * @param l2Tables the L1 entries with an L2 table: those with any grain in their reach
 */
public record AllocationMap(
    Geometry geometry, long diskSize, Grains grains, IndexSet clusters, IndexSet l2Tables) {

  public static AllocationMap of(Geometry geometry, long diskSize, Grains grains) {
    int clusterBits = geometry.grainsPerClusterBits();
    int tableBits = clusterBits + Integer.numberOfTrailingZeros(geometry.l2Entries());
    return new AllocationMap(
        geometry,
        diskSize,
        grains,
        grains.data().groups(clusterBits),
        IndexSets.union(grains.data().groups(tableBits), grains.zero().groups(tableBits)));
  }

  /** The map in which every cluster is allocated, whole. */
  public static AllocationMap full(Geometry geometry, long diskSize) {
    long guestClusters = geometry.clusters(diskSize);
    IndexSet all = IndexSet.upTo(guestClusters << geometry.grainsPerClusterBits());
    return of(geometry, diskSize, new Grains(all, IndexSet.EMPTY));
  }

  /** The virtual size of a disk: QEMU counts in sectors and would drop a partial one. */
  public static long diskSize(long sourceSize) {
    // The last sizes below 2^63 can't be rounded up; they are far beyond what images reach anyway.
    long largest = Long.MAX_VALUE & -Limits.SECTOR_SIZE;
    return Math.ceilDiv(Math.min(sourceSize, largest), Limits.SECTOR_SIZE) * Limits.SECTOR_SIZE;
  }

  /** Entries of the L1 table. */
  long l1Size() {
    return geometry.l1Size(geometry.clusters(diskSize));
  }
}
