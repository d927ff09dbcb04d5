package io.github.qcow2tostdout.plan;

/**
 * What the scan finds: the grains of a disk that are more than unallocated. A grain is what an
 * image maps alone: a subcluster where it has extended L2 entries, else a guest cluster.
 *
 * @param data grains whose bytes are stored
 * @param zero grains that must read as zeroes and are not stored; none of {@code data}
 */
public record Grains(IndexSet data, IndexSet zero) {
  /** None at all. */
  public static final Grains NONE = new Grains(IndexSet.EMPTY, IndexSet.EMPTY);
}
