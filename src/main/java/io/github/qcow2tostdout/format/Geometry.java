package io.github.qcow2tostdout.format;

/**
 * The arithmetic that follows from two header fields.
 *
 * @param clusterBits log2 of the cluster size in bytes, {@link Limits#MIN_CLUSTER_BITS} to {@link
 *     Limits#MAX_CLUSTER_BITS}
 * @param refcountOrder log2 of the width of a refcount in bits, 0 to {@link
 *     Limits#MAX_REFCOUNT_ORDER}
 */
public record Geometry(int clusterBits, int refcountOrder) {
  /** Bytes of an entry of the L1 table, an L2 table or the refcount table. */
  public static final int TABLE_ENTRY_SIZE = Long.BYTES;

  public Geometry {
    if (clusterBits < Limits.MIN_CLUSTER_BITS || clusterBits > Limits.MAX_CLUSTER_BITS) {
      throw new IllegalArgumentException("cluster_bits " + clusterBits);
    }
    if (refcountOrder < 0 || refcountOrder > Limits.MAX_REFCOUNT_ORDER) {
      throw new IllegalArgumentException("refcount_order " + refcountOrder);
    }
  }

  /** Bytes of a cluster. */
  public int clusterSize() {
    return 1 << clusterBits;
  }

  /** Entries in a cluster of a table: an L2 table, a cluster of the L1 or of the refcount table. */
  public int tableEntries() {
    return clusterSize() / TABLE_ENTRY_SIZE;
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
    return Math.ceilDiv(guestClusters, tableEntries());
  }

  /** Clusters of a table of that many entries. */
  public long tableClusters(long entries) {
    return Math.ceilDiv(entries, tableEntries());
  }
}
