package io.github.qcow2tostdout.check;

import java.util.Arrays;

/** A set of places in the file, which takes at most 32 MiB and then forgets what is new. */
final class OffsetSet {
  private static final int MAX_SLOTS = 1 << 22;
  private static final long FREE = -1;

  private long[] slots = free(1 << 10);
  private int size;

  private static long[] free(int count) {
    long[] slots = new long[count];
    Arrays.fill(slots, FREE);
    return slots;
  }

  /**
   * Adds an offset, which is not negative; whether it is new, or not known because of the limit.
   */
  boolean add(long offset) {
    int slot = slot(slots, offset);
    if (slots[slot] == offset) {
      return false;
    }
    if (size < slots.length / 4 * 3) {
      slots[slot] = offset;
      size++;
      if (size == slots.length / 4 * 3 && slots.length < MAX_SLOTS) {
        grow();
      }
    }
    return true;
  }

  private static int slot(long[] slots, long offset) {
    int slot = (int) ((offset * 0x9e37_79b9_7f4a_7c15L) >>> 32) & (slots.length - 1);
    while (slots[slot] != FREE && slots[slot] != offset) {
      slot = (slot + 1) & (slots.length - 1);
    }
    return slot;
  }

  private void grow() {
    long[] more = free(slots.length * 2);
    for (long offset : slots) {
      if (offset != FREE) {
        more[slot(more, offset)] = offset;
      }
    }
    slots = more;
  }
}
