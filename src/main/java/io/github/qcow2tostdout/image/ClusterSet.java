package io.github.qcow2tostdout.image;

import java.util.Arrays;
import java.util.PrimitiveIterator;
import java.util.stream.IntStream;

/**
 * A set of host clusters, for tables that were seen. It takes 8 to 16 bytes for each, and never
 * more than 48 MiB: one that is full takes no more.
 */
public final class ClusterSet {
  private static final int FIRST_SLOTS = 1 << 8;
  private static final int MAX_SLOTS = 1 << 23;

  /** The highest cluster is not there: its number marks a slot that is free. */
  private static final int FREE = -1;

  private int[] slots = new int[0];
  private int size;

  /** What became of a cluster that was to be added. */
  public enum Added {
    NEW,
    KNOWN,
    /** The set is full, or the cluster's number is larger than any that QEMU counts. */
    NO_ROOM
  }

  /** Adds a cluster by its index in the file. */
  public Added add(long cluster) {
    if (cluster < 0 || cluster >>> Integer.SIZE != 0 || (int) cluster == FREE) {
      return Added.NO_ROOM;
    }
    if (size >= slots.length / 4 * 3) {
      if (slots.length == MAX_SLOTS) {
        return contains((int) cluster) ? Added.KNOWN : Added.NO_ROOM;
      }
      grow();
    }
    int slot = slot((int) cluster);
    if (slots[slot] != FREE) {
      return Added.KNOWN;
    }
    slots[slot] = (int) cluster;
    size++;
    return Added.NEW;
  }

  /** Whether a cluster is in it; one that was added without room is not. */
  public boolean contains(long cluster) {
    return size > 0
        && cluster >>> Integer.SIZE == 0
        && (int) cluster != FREE
        && contains((int) cluster);
  }

  /** How many clusters are in it. */
  public int size() {
    return size;
  }

  /** The clusters in ascending order; after this nothing can be added. */
  public PrimitiveIterator.OfLong drainSorted() {
    int[] sorted = slots;
    slots = new int[0];
    int count = 0;
    for (int value : sorted) {
      if (value != FREE) {
        // The order of unsigned numbers is that of signed ones with the highest bit changed.
        sorted[count] = value ^ Integer.MIN_VALUE;
        count++;
      }
    }
    Arrays.sort(sorted, 0, count);
    return IntStream.range(0, count)
        .mapToLong(i -> Integer.toUnsignedLong(sorted[i] ^ Integer.MIN_VALUE))
        .iterator();
  }

  private boolean contains(int cluster) {
    return slots[slot(cluster)] == cluster;
  }

  private int slot(int cluster) {
    int mask = slots.length - 1;
    // Tables often lie at regular distances: the multiplication spreads them.
    int slot = (cluster * 0x9e3779b1) >>> 7 & mask;
    while (slots[slot] != FREE && slots[slot] != cluster) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    int[] old = slots;
    slots = new int[old.length == 0 ? FIRST_SLOTS : old.length * 2];
    Arrays.fill(slots, FREE);
    for (int value : old) {
      if (value != FREE) {
        slots[slot(value)] = value;
      }
    }
  }
}
