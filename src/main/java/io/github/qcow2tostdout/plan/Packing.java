package io.github.qcow2tostdout.plan;

/**
 * Where the next cluster goes, as QEMU packs: compressed ones at any byte, directly behind each
 * other, plain ones at a host cluster. A host cluster that has as many compressed clusters as its
 * refcount can count takes no more.
 *
 * <p>Source: qcow2 specification, "Compressed Clusters Descriptor".
 */
public final class Packing {
  private final int clusterBits;
  private final long maxRefcount;
  private long end;

  /** Of the host cluster in which the data ends, if it ends inside one. */
  private long refcount;

  /**
   * Nothing is packed yet.
   *
   * @param clusterBits log2 of the cluster size
   * @param refcountOrder log2 of the width of refcounts
   */
  public Packing(int clusterBits, int refcountOrder) {
    this(clusterBits, refcountOrder == 6 ? Long.MAX_VALUE : (1L << (1 << refcountOrder)) - 1);
  }

  private Packing(int clusterBits, long maxRefcount) {
    this.clusterBits = clusterBits;
    this.maxRefcount = maxRefcount;
  }

  /** Another one, at its beginning. */
  public Packing restarted() {
    return new Packing(clusterBits, maxRefcount);
  }

  /** log2 of the cluster size. */
  public int clusterBits() {
    return clusterBits;
  }

  /** Where the data ends. */
  public long end() {
    return end;
  }

  /** The refcount of the host cluster in which it ends, if that is inside of one. */
  public long refcount() {
    return refcount;
  }

  /** Goes on where another was. */
  public void restore(long lastEnd, long lastRefcount) {
    end = lastEnd;
    refcount = lastRefcount;
  }

  /**
   * Places the next cluster.
   *
   * @param length bytes of compressed data; 0 for a plain cluster
   * @return where it begins
   */
  public long place(int length) {
    long mask = (1L << clusterBits) - 1;
    boolean inside = (end & mask) != 0;
    if (length == 0 || (inside && refcount == maxRefcount)) {
      end = (end + mask) & ~mask;
      inside = false;
    }
    long offset = end;
    end += length == 0 ? mask + 1 : length;
    boolean crosses = (end - 1) >> clusterBits != offset >> clusterBits;
    refcount = inside && !crosses ? refcount + 1 : 1;
    return offset;
  }
}
