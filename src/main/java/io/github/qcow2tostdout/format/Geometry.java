package io.github.qcow2tostdout.format;

/**
 * The arithmetic that follows from three header fields.
 *
 * @param clusterBits log2 of the cluster size in bytes, {@link Limits#MIN_CLUSTER_BITS} to {@link
 *     Limits#MAX_CLUSTER_BITS}
 * @param refcountOrder log2 of the width of a refcount in bits, 0 to {@link
 *     Limits#MAX_REFCOUNT_ORDER}
 * @param extendedL2 whether L2 entries are extended, with bits for the subclusters; only with
 *     clusters of {@link Limits#MIN_EXTENDED_L2_CLUSTER_BITS} and more
 */
public record Geometry(int clusterBits, int refcountOrder, boolean extendedL2) {
  /** Bytes of an entry of the L1 table, the refcount table or an L2 table of standard entries. */
  public static final int TABLE_ENTRY_SIZE = Long.BYTES;

  public Geometry {
    if (clusterBits < Limits.MIN_CLUSTER_BITS || clusterBits > Limits.MAX_CLUSTER_BITS) {
      throw new IllegalArgumentException("cluster_bits " + clusterBits);
    }
    if (refcountOrder < 0 || refcountOrder > Limits.MAX_REFCOUNT_ORDER) {
      throw new IllegalArgumentException("refcount_order " + refcountOrder);
    }
    if (extendedL2 && clusterBits < Limits.MIN_EXTENDED_L2_CLUSTER_BITS) {
      throw new IllegalArgumentException("extended L2 entries, cluster_bits " + clusterBits);
    }
  }

  /** With standard L2 entries. */
  public Geometry(int clusterBits, int refcountOrder) {
    this(clusterBits, refcountOrder, false);
  }

  /** Bytes of a cluster. */
  public int clusterSize() {
    return 1 << clusterBits;
  }

  /**
   * log2 of the bytes of a grain, the unit in which a disk is mapped: a subcluster with extended L2
   * entries, else a cluster.
   */
  public int grainBits() {
    return clusterBits - grainsPerClusterBits();
  }

  /** log2 of how many grains a cluster has. */
  public int grainsPerClusterBits() {
    return extendedL2 ? L2Entry.SUBCLUSTER_BITS : 0;
  }

  /** Entries in a cluster of the L1 table or of the refcount table. */
  public int tableEntries() {
    return clusterSize() / TABLE_ENTRY_SIZE;
  }

  /** Bytes of an entry of an L2 table. */
  public int l2EntrySize() {
    return extendedL2 ? 2 * TABLE_ENTRY_SIZE : TABLE_ENTRY_SIZE;
  }

  /** Entries of an L2 table, which is a cluster. */
  public int l2Entries() {
    return clusterSize() / l2EntrySize();
  }

  /** log2 of the bytes of disk that an L2 table maps. */
  public int l2ReachBits() {
    return clusterBits + Integer.numberOfTrailingZeros(l2Entries());
  }

  /** Refcounts in a refcount block. */
  public long refcountBlockEntries() {
    return (clusterSize() * 8L) >> refcountOrder;
  }

  /** Clusters that hold {@code bytes}; the last may be partial. */
  public long clusters(long bytes) {
    return Math.ceilDiv(bytes, clusterSize());
  }

  /** Entries of the L1 table ({@code l1_size}) for a disk of that many guest clusters. */
  public long l1Size(long guestClusters) {
    return Math.ceilDiv(guestClusters, l2Entries());
  }

  /** Clusters of an L1 table or a refcount table of that many entries. */
  public long tableClusters(long entries) {
    return Math.ceilDiv(entries, tableEntries());
  }
}
