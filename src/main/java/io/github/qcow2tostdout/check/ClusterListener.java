package io.github.qcow2tostdout.check;

/**
 * Is told by a check what the clusters of the file are used for. Each is told once, by its first
 * user: the header, the disk, then the snapshots, what else there is, and refcount blocks.
 */
public interface ClusterListener {
  /** One that does not listen. */
  ClusterListener NONE = (structure, from, to) -> {};

  /** Clusters of the file from one up to but not including another are used. */
  void used(Structure structure, long from, long to);

  /** A cluster has a refcount, and nothing uses it. */
  default void leaked(long cluster) {}

  /** How often each cluster is used is known now. */
  default void counted(UseCounts counts) {}

  /** How often clusters are used. */
  @FunctionalInterface
  interface UseCounts {
    /** The uses of a cluster of the file; unsigned. */
    long of(long cluster);
  }
}
