package io.github.qcow2tostdout.stream;

import java.util.Arrays;

/** Numbers, of which the one that is smallest under a mask can be taken. */
public final class EntryHeap {
  private final long mask;
  private long[] entries = new long[64];
  private int size;

  /** An empty one. */
  public EntryHeap(long mask) {
    this.mask = mask;
  }

  /** Bytes of memory. */
  public long memory() {
    return (long) entries.length * Long.BYTES;
  }

  /** Whether there is none. */
  public boolean isEmpty() {
    return size == 0;
  }

  /** The smallest. */
  public long peek() {
    return entries[0];
  }

  /** Adds one. */
  public void add(long entry) {
    if (size == entries.length) {
      entries = Arrays.copyOf(entries, size * 2);
    }
    int at = size;
    size++;
    while (at > 0 && isLess(entry, entries[(at - 1) / 2])) {
      entries[at] = entries[(at - 1) / 2];
      at = (at - 1) / 2;
    }
    entries[at] = entry;
  }

  /** Removes the smallest. */
  public void remove() {
    size--;
    long last = entries[size];
    int at = 0;
    while (2 * at + 1 < size) {
      int child = 2 * at + 1;
      if (child + 1 < size && isLess(entries[child + 1], entries[child])) {
        child++;
      }
      if (!isLess(entries[child], last)) {
        break;
      }
      entries[at] = entries[child];
      at = child;
    }
    entries[at] = last;
  }

  private boolean isLess(long one, long other) {
    return (one & mask) < (other & mask);
  }
}
