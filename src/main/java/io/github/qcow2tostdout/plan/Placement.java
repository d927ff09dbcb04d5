package io.github.qcow2tostdout.plan;

import io.github.qcow2tostdout.format.L2Entry;
import io.github.qcow2tostdout.format.Limits;
import io.github.qcow2tostdout.format.RefcountEntries;
import io.github.qcow2tostdout.format.TableEntry;

/**
 * Where the allocated clusters lie in the image, in guest order, and how many bytes each takes.
 * What is written of them (entries, refcounts, counts, data) asks here, so that no one else has to
 * know that "the next is one cluster further".
 */
public sealed interface Placement {
  /** Bytes that the clusters take in the image. */
  long size();

  /** Host clusters that they take in the image; the last may be partial. */
  long hostClusters();

  /** The same, beginning at a host offset, a multiple of the cluster size. */
  Placement at(long from);

  /** Sets entries of L2 tables; for one thread, fastest in order. */
  @FunctionalInterface
  interface Entries {
    /**
     * Sets the entries of allocated clusters that are neighbours for the guest.
     *
     * @param words of a table
     * @param at the word of the first entry
     * @param stride words from one entry to the next
     * @param guestCluster the first of the clusters
     * @param rank how many allocated clusters are before it
     * @param count how many clusters
     */
    void set(long[] words, int at, int stride, long guestCluster, long rank, int count);
  }

  /** The entries of the clusters. */
  Entries entries();

  /** The refcounts of the host clusters, from the first on; for one thread, fastest in order. */
  RefcountEntries.Runs refcounts();

  /**
   * The placement of so many allocated clusters, as the options want it, with its beginning at 0.
   */
  static Placement of(ImageOptions options, long allocated) {
    int clusterBits = options.geometry().clusterBits();
    return options.dataInside() ? new Fixed(0, clusterBits, allocated) : new External(clusterBits);
  }

  /**
   * Whole clusters, one behind the other.
   *
   * @param from host offset of the first
   * @param clusterBits log2 of the cluster size
   * @param hostClusters how many
   */
  record Fixed(long from, int clusterBits, long hostClusters) implements Placement {
    @Override
    public long size() {
      return Math.multiplyExact(hostClusters, 1L << clusterBits);
    }

    @Override
    public Fixed at(long beginning) {
      return new Fixed(beginning, clusterBits, hostClusters);
    }

    @Override
    public Entries entries() {
      return (words, at, stride, guestCluster, rank, count) ->
          setNeighbours(words, at, stride, count, from + (rank << clusterBits), clusterBits);
    }

    @Override
    public RefcountEntries.Runs refcounts() {
      RefcountEntries.Run all = new RefcountEntries.Run(1, hostClusters);
      return cluster -> cluster < hostClusters ? all : RefcountEntries.Run.REST;
    }

    /** How many clusters end at an offset from the beginning, or before it. */
    public long rankAt(long offset) {
      return offset >> clusterBits;
    }

    /** The offset from the beginning of the cluster of that rank. */
    public long offsetOf(long rank) {
      return rank << clusterBits;
    }
  }

  /**
   * In an external data file, each cluster where the guest sees it.
   *
   * @param clusterBits log2 of the cluster size
   */
  record External(int clusterBits) implements Placement {
    @Override
    public long size() {
      return 0;
    }

    @Override
    public long hostClusters() {
      return 0;
    }

    @Override
    public External at(long beginning) {
      return this;
    }

    @Override
    public Entries entries() {
      return (words, at, stride, guestCluster, rank, count) ->
          setNeighbours(words, at, stride, count, guestCluster << clusterBits, clusterBits);
    }

    @Override
    public RefcountEntries.Runs refcounts() {
      return cluster -> RefcountEntries.Run.REST;
    }
  }

  /**
   * Compressed clusters one behind the other, and plain ones between them.
   *
   * @param from host offset of the first host cluster
   * @param lengths of the clusters
   */
  record Packed(long from, ClusterLengths lengths) implements Placement {
    /** With its beginning at 0. */
    public Packed(ClusterLengths lengths) {
      this(0, lengths);
    }

    /** Up to the end of a sector, as far as readers ask for it. */
    @Override
    public long size() {
      return Math.ceilDiv(lengths.end(), Limits.SECTOR_SIZE) * Limits.SECTOR_SIZE;
    }

    @Override
    public long hostClusters() {
      return Math.ceilDiv(lengths.end(), 1L << clusterBits());
    }

    @Override
    public Packed at(long beginning) {
      return new Packed(beginning, lengths);
    }

    private int clusterBits() {
      return lengths.packing().clusterBits();
    }

    /** One that is in front of the first cluster. */
    public PackedCursor cursor() {
      return new PackedCursor(lengths);
    }

    @Override
    public Entries entries() {
      PackedCursor cursor = cursor();
      int clusterBits = clusterBits();
      return (words, at, stride, guestCluster, rank, count) -> {
        int word = at;
        for (int i = 0; i < count; i++) {
          cursor.toRank(rank + i);
          long offset = from + cursor.offset();
          words[word] =
              cursor.length() == 0
                  ? TableEntry.copied(offset)
                  : L2Entry.compressed(offset, cursor.length(), clusterBits);
          word += stride;
        }
      };
    }

    @Override
    public RefcountEntries.Runs refcounts() {
      return new PackedRefcounts(cursor(), clusterBits(), hostClusters());
    }
  }

  private static void setNeighbours(
      long[] words, int at, int stride, int count, long hostOffset, int clusterBits) {
    long entry = TableEntry.copied(hostOffset);
    int word = at;
    for (int left = count; left > 0; left--) {
      words[word] = entry;
      word += stride;
      entry += 1L << clusterBits;
    }
  }
}
