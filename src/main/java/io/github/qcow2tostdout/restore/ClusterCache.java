package io.github.qcow2tostdout.restore;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The clusters of a stream that went by last and may be named by a table that is to come. When
 * there is no more room the oldest goes.
 */
final class ClusterCache {
  /** Memory is taken in blocks of at least that many bytes; most images need no more than one. */
  private static final int BLOCK = 256 << 10;

  /** More clusters than that are not held: their numbers take memory too. */
  private static final int MAX_SLOTS = 1 << 20;

  private final int clusterBits;
  private final MemoryBudget budget;
  private final List<ByteBuffer> blocks = new ArrayList<>();

  /** The clusters in the order in which they came, from {@code first} on, around the end. */
  private long[] clusters = new long[16];

  private int slots;
  private int first;
  private int count;
  private boolean full;

  /**
   * Nothing is held yet.
   *
   * @param budget that the clusters are taken from
   */
  ClusterCache(int clusterBits, MemoryBudget budget) {
    this.clusterBits = clusterBits;
    this.budget = budget;
  }

  /** Adds a cluster. */
  void add(long cluster, ByteBuffer bytes) {
    if (count > 0 && clusters[slot(count - 1)] == cluster) {
      return;
    }
    if (count == slots && !grow()) {
      if (slots == 0) {
        return;
      }
      first = (first + 1) % slots;
      count--;
    }
    int slot = slot(count);
    clusters[slot] = cluster;
    at(slot).put(bytes.duplicate());
    count++;
  }

  private boolean grow() {
    int perBlock = Math.max(1, BLOCK >>> clusterBits);
    if (full || slots + perBlock > MAX_SLOTS || !budget.take((long) perBlock << clusterBits)) {
      // From here on it goes around, and can't grow any more.
      full = true;
      return false;
    }
    blocks.add(ByteBuffer.allocateDirect(perBlock << clusterBits));
    slots += perBlock;
    clusters = Arrays.copyOf(clusters, slots);
    return true;
  }

  private int slot(int nth) {
    return (first + nth) % slots;
  }

  private ByteBuffer at(int slot) {
    int perBlock = Math.max(1, BLOCK >>> clusterBits);
    return blocks.get(slot / perBlock).slice((slot % perBlock) << clusterBits, 1 << clusterBits);
  }

  /** A cluster; empty if it is not held. */
  ByteBuffer get(long cluster) {
    int low = 0;
    int high = count - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      long found = clusters[slot(middle)];
      if (found == cluster) {
        return at(slot(middle));
      }
      if (found < cluster) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return ByteBuffer.allocate(0);
  }

  /** Holds nothing any more. */
  void clear() {
    budget.giveBack((long) slots << clusterBits);
    blocks.clear();
    slots = 0;
    first = 0;
    count = 0;
    full = true;
  }
}
