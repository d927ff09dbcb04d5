package io.github.qcow2tostdout.check;

import io.github.qcow2tostdout.image.ClusterSet;

/**
 * What the first user of a cluster was, as far as others may use it too: compressed clusters share
 * host clusters with each other; and the disk and its snapshots share L2 tables, and data.
 */
final class SharedClusters {
  private final boolean hasSnapshots;

  /** Compressed data. */
  private final UsedClusters compressed;

  /** Tables and data; that both are in it makes it a set of long runs. */
  private final UsedClusters shared;

  private final ClusterSet tables = new ClusterSet();

  /**
   * Nothing is shared yet.
   *
   * @param clusters how many there are
   * @param hasSnapshots whether there are any to share with
   */
  SharedClusters(long clusters, boolean hasSnapshots) {
    this.hasSnapshots = hasSnapshots;
    compressed = new UsedClusters(clusters);
    shared = new UsedClusters(clusters);
  }

  /** A structure is the first that uses a range of clusters. */
  void first(Structure structure, long from, long to) {
    if (structure.isCompressed()) {
      compressed.addAll(from, to);
    } else if (hasSnapshots && structure.isSharedBySnapshots()) {
      shared.addAll(from, to);
      if (structure.kindOfSnapshot() == Structure.SNAPSHOT_L2) {
        for (long cluster = from; cluster < to; cluster++) {
          tables.add(cluster);
        }
      }
    }
  }

  /**
   * Whether a structure may use a cluster that something else uses already. The disk comes before
   * its snapshots, so that nothing but the disk itself can have used what it uses.
   */
  boolean mayShare(Structure structure, long cluster) {
    return switch (structure) {
      case COMPRESSED, SNAPSHOT_COMPRESSED -> compressed.contains(cluster);
      case SNAPSHOT_L2 -> tables.contains(cluster);
      case SNAPSHOT_DATA -> shared.contains(cluster) && !tables.contains(cluster);
      default -> false;
    };
  }

  /** Whether several snapshots may be the first users of a cluster at once. */
  static boolean mayBeSeveral(Structure structure) {
    return structure.isCompressed()
        || structure == Structure.SNAPSHOT_L2
        || structure == Structure.SNAPSHOT_DATA;
  }
}
