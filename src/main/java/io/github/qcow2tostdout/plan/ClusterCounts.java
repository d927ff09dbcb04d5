package io.github.qcow2tostdout.plan;

import io.github.qcow2tostdout.format.Geometry;

/**
 * How many clusters of each kind an image has.
 *
 * @param diskSize virtual size in bytes
 * @param refcountTable clusters of the refcount table
 * @param refcountBlocks refcount blocks, a cluster each
 * @param l1Table clusters of the L1 table
 * @param l2Tables L2 tables, a cluster each
 * @param bitmaps clusters of dirty bitmaps, their tables and directory
 * @param data data clusters in the image; none if they are in an external file
 */
record ClusterCounts(
    long diskSize,
    long refcountTable,
    long refcountBlocks,
    long l1Table,
    long l2Tables,
    long bitmaps,
    long data) {

  /** The header is one cluster. */
  private static final long HEADER = 1;

  static ClusterCounts of(ImageOptions options, AllocationMap map) {
    return of(options, map.diskSize(), map.l2Tables().count(), map.clusters().count());
  }

  /** The counts of the same disk with every cluster allocated. */
  ClusterCounts fullyAllocated(ImageOptions options) {
    long guestClusters = options.geometry().clusters(diskSize);
    return of(options, diskSize, options.geometry().l1Size(guestClusters), guestClusters);
  }

  /**
   * Adds the refcount structures, which count themselves too: the smallest number of blocks, and of
   * table clusters for them, that has a refcount for every cluster of the image.
   *
   * @param l2Tables L2 tables
   * @param allocated allocated guest clusters, in the image or outside
   */
  static ClusterCounts of(ImageOptions options, long diskSize, long l2Tables, long allocated) {
    return of(options, diskSize, l2Tables, Placement.of(options, allocated));
  }

  /** As the other, for clusters that lie somewhere in particular. */
  static ClusterCounts of(ImageOptions options, long diskSize, long l2Tables, Placement placement) {
    Geometry geometry = options.geometry();
    long l1Table = geometry.tableClusters(geometry.l1Size(geometry.clusters(diskSize)));
    long data = placement.hostClusters();
    long bitmaps = options.bitmaps().clusters(geometry);
    long others = HEADER + l1Table + l2Tables + bitmaps + data;
    long perBlock = geometry.refcountBlockEntries();
    long blocks = 0;
    long table = 0;
    for (long needed = 1; needed > blocks; ) {
      blocks = needed;
      table = geometry.tableClusters(blocks);
      needed = Math.ceilDiv(others + table + blocks, perBlock);
    }
    return new ClusterCounts(diskSize, table, blocks, l1Table, l2Tables, bitmaps, data);
  }

  /**
   * The most that the same disk needs with other options of larger clusters: what two small
   * clusters hold needs no more than two large ones.
   */
  ClusterCounts atMost(ImageOptions larger) {
    long guestClusters = larger.geometry().clusters(diskSize);
    return of(
        larger,
        diskSize,
        Math.min(l2Tables, larger.geometry().l1Size(guestClusters)),
        Math.min(data, guestClusters));
  }

  /** The most that the same disk needs with other options of smaller clusters. */
  ClusterCounts atMost(ImageOptions smaller, ImageOptions present) {
    int bits = present.geometry().clusterBits() - smaller.geometry().clusterBits();
    long guestClusters = smaller.geometry().clusters(diskSize);
    return of(
        smaller,
        diskSize,
        smaller.geometry().l1Size(guestClusters),
        Math.min(data << bits, guestClusters));
  }

  /** The clusters of a region. */
  long of(Region.Kind kind) {
    return switch (kind) {
      case HEADER -> HEADER;
      case REFCOUNT_TABLE -> refcountTable;
      case REFCOUNT_BLOCKS -> refcountBlocks;
      case L1_TABLE -> l1Table;
      case L2_TABLES -> l2Tables;
      case BITMAPS -> bitmaps;
      case DATA -> data;
    };
  }

  /** All clusters of the image. */
  long total() {
    return HEADER + refcountTable + refcountBlocks + l1Table + l2Tables + bitmaps + data;
  }
}
