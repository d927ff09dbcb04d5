package io.github.qcow2tostdout.check;

import java.util.Arrays;

/** How often each of some numbers, all of them positive, was added: a map without objects. */
final class LongCounts {
  private static final long FREE = 0;

  private long[] keys = new long[64];
  private long[] counts = new long[64];
  private int size;

  /** Adds a number so many times. */
  void add(long key, long times) {
    int slot = slot(keys, key);
    if (keys[slot] == FREE) {
      keys[slot] = key;
      size++;
    }
    counts[slot] += times;
    if (size > keys.length / 2) {
      grow();
    }
  }

  /** Sets what is kept for a number. */
  void put(long key, long value) {
    add(key, value - get(key));
  }

  /** How often it was added. */
  long get(long key) {
    return counts[slot(keys, key)];
  }

  /** The numbers, ascending. */
  long[] sortedKeys() {
    long[] sorted = new long[size];
    int at = 0;
    for (long key : keys) {
      if (key != FREE) {
        sorted[at] = key;
        at++;
      }
    }
    Arrays.sort(sorted);
    return sorted;
  }

  private static int slot(long[] keys, long key) {
    int slot = (int) ((key * 0x9e37_79b9_7f4a_7c15L) >>> 32) & (keys.length - 1);
    while (keys[slot] != FREE && keys[slot] != key) {
      slot = (slot + 1) & (keys.length - 1);
    }
    return slot;
  }

  private void grow() {
    long[] moreKeys = new long[keys.length * 2];
    long[] moreCounts = new long[keys.length * 2];
    for (int i = 0; i < keys.length; i++) {
      if (keys[i] != FREE) {
        int slot = slot(moreKeys, keys[i]);
        moreKeys[slot] = keys[i];
        moreCounts[slot] = counts[i];
      }
    }
    keys = moreKeys;
    counts = moreCounts;
  }
}
