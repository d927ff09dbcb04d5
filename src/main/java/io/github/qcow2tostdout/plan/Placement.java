package io.github.qcow2tostdout.plan;

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
  void setEntries(long[] words, int at, int stride, long guestCluster, long rank, int count);

  /** The refcounts from a host cluster on; the first is that at the beginning. */
  RefcountEntries.Run refcounts(long hostCluster);

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
    public void setEntries(
        long[] words, int at, int stride, long guestCluster, long rank, int count) {
      setNeighbours(words, at, stride, count, from + (rank << clusterBits), clusterBits);
    }

    @Override
    public RefcountEntries.Run refcounts(long hostCluster) {
      return new RefcountEntries.Run(1, hostClusters);
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
    public void setEntries(
        long[] words, int at, int stride, long guestCluster, long rank, int count) {
      setNeighbours(words, at, stride, count, guestCluster << clusterBits, clusterBits);
    }

    @Override
    public RefcountEntries.Run refcounts(long hostCluster) {
      return RefcountEntries.Run.REST;
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
