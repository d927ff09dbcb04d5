package io.github.qcow2tostdout.check;

import java.util.Arrays;

/**
 * How many references each host cluster has, as the image shows or as its refcounts say: a number
 * for each, most of them 0 or 1. Kept in chunks of 32768 clusters; each is as wide as its largest
 * number needs, from one bit on, and a chunk in which all numbers are 1 takes nothing.
 */
final class ReferenceCounts {
  private static final int CHUNK_BITS = 15;
  private static final int CHUNK = 1 << CHUNK_BITS;

  private static final byte ALL_0 = 0;
  private static final byte ALL_1 = 1;
  private static final byte OWN = 2;

  /** Shared, and never written. */
  private static final long[] ONES = ones();

  private static final long[] ZEROES = new long[CHUNK / Long.SIZE];

  private final long size;
  private final long[][] chunks;
  private final byte[] orders;

  /** Whether a chunk has an array of its own; the others share one of two. */
  private final byte[] states;

  /** Zeroes for that many clusters. */
  ReferenceCounts(long size) {
    this.size = size;
    int count = Math.toIntExact(Math.ceilDiv(size, (long) CHUNK));
    chunks = new long[count][];
    Arrays.fill(chunks, ZEROES);
    orders = new byte[count];
    states = new byte[count];
  }

  private static long[] ones() {
    long[] words = new long[CHUNK / Long.SIZE];
    Arrays.fill(words, -1L);
    return words;
  }

  /** How many clusters there are numbers for. */
  long size() {
    return size;
  }

  /** The number of a cluster; unsigned. */
  long get(long cluster) {
    int chunk = (int) (cluster >>> CHUNK_BITS);
    int order = orders[chunk];
    int bit = ((int) cluster & (CHUNK - 1)) << order;
    return chunks[chunk][bit >>> 6] >>> (bit & 63) & mask(order);
  }

  /** Sets the number of a cluster; unsigned. */
  void set(long cluster, long value) {
    int chunk = (int) (cluster >>> CHUNK_BITS);
    while ((value & ~mask(orders[chunk])) != 0) {
      widen(chunk);
    }
    int order = orders[chunk];
    int bit = ((int) cluster & (CHUNK - 1)) << order;
    long[] words = writable(chunk);
    int shift = bit & 63;
    words[bit >>> 6] = (words[bit >>> 6] & ~(mask(order) << shift)) | (value << shift);
  }

  /**
   * Sets numbers of clusters that are 0 to 1, from the front, and stops at the first that is not 0.
   *
   * @return the cluster that it stopped at, {@code to} if there is none
   */
  long setOnes(long from, long to) {
    long at = from;
    while (at < to) {
      int chunk = (int) (at >>> CHUNK_BITS);
      long chunkEnd = Math.min(to, (at | (CHUNK - 1)) + 1);
      if (orders[chunk] != 0) {
        if (get(at) != 0) {
          return at;
        }
        set(at, 1);
        at++;
        continue;
      }
      if (chunkEnd - at == CHUNK && states[chunk] == ALL_0) {
        chunks[chunk] = ONES;
        states[chunk] = ALL_1;
        at = chunkEnd;
        continue;
      }
      if (states[chunk] == ALL_1) {
        return at;
      }
      long[] words = writable(chunk);
      int word = ((int) at & (CHUNK - 1)) >>> 6;
      int shift = (int) at & 63;
      int bits = (int) Math.min(64 - shift, chunkEnd - at);
      long mask = (bits == 64 ? -1L : (1L << bits) - 1) << shift;
      if ((words[word] & mask) != 0) {
        long free = at + Long.numberOfTrailingZeros(words[word] & mask) - shift;
        words[word] |= mask & ((1L << (free & 63)) - 1);
        return free;
      }
      words[word] |= mask;
      at += bits;
      if (shift + bits == 64 && word == words.length - 1 && Arrays.equals(words, ONES)) {
        chunks[chunk] = ONES;
        states[chunk] = ALL_1;
      }
    }
    return to;
  }

  /** Whether all numbers of a range are 1. */
  boolean areOnes(long from, long to) {
    long at = from;
    while (at < to) {
      int chunk = (int) (at >>> CHUNK_BITS);
      long chunkEnd = Math.min(to, (at | (CHUNK - 1)) + 1);
      if (states[chunk] == ALL_1) {
        at = chunkEnd;
      } else if (orders[chunk] != 0) {
        if (get(at) != 1) {
          return false;
        }
        at++;
      } else {
        int shift = (int) at & 63;
        int bits = (int) Math.min(64 - shift, chunkEnd - at);
        long mask = (bits == 64 ? -1L : (1L << bits) - 1) << shift;
        if ((~chunks[chunk][((int) at & (CHUNK - 1)) >>> 6] & mask) != 0) {
          return false;
        }
        at += bits;
      }
    }
    return true;
  }

  /**
   * Adds to the number of a cluster, up to a maximum.
   *
   * @param max the largest number, as signed; a maximum of 64 bits is Long.MAX_VALUE here
   * @return how much was too much
   */
  long add(long cluster, long amount, long max) {
    long before = get(cluster);
    long room = max - before;
    set(cluster, before + Math.min(room, amount));
    return Math.max(0, amount - room);
  }

  /**
   * The first cluster of a range whose number differs from the one in another; {@code to} if there
   * is none.
   */
  long mismatch(ReferenceCounts other, long from, long to) {
    long at = from;
    while (at < to) {
      int chunk = (int) (at >>> CHUNK_BITS);
      long chunkEnd = Math.min(to, (at | (CHUNK - 1)) + 1);
      boolean same = orders[chunk] == other.orders[chunk];
      if (same && Arrays.equals(chunks[chunk], other.chunks[chunk])) {
        at = chunkEnd;
      } else if (get(at) == other.get(at)) {
        at++;
      } else {
        return at;
      }
    }
    return to;
  }

  /** The last cluster below a bound whose number is not 0; -1 if there is none. */
  long lastNonZero(long below) {
    long at = below - 1;
    while (at >= 0) {
      if (states[(int) (at >>> CHUNK_BITS)] == ALL_0) {
        at = (at & -CHUNK) - 1;
      } else if (get(at) != 0) {
        return at;
      } else {
        at--;
      }
    }
    return -1;
  }

  private static long mask(int order) {
    return -1L >>> (64 - (1 << order));
  }

  private long[] writable(int chunk) {
    long[] words = chunks[chunk];
    if (states[chunk] != OWN) {
      words = words.clone();
      chunks[chunk] = words;
      states[chunk] = OWN;
    }
    return words;
  }

  private void widen(int chunk) {
    int order = orders[chunk];
    long[] narrow = chunks[chunk];
    long[] wide = new long[narrow.length * 2];
    int perWord = Long.SIZE >>> order;
    for (int i = 0; i < CHUNK; i++) {
      long value = narrow[i / perWord] >>> (i % perWord << order) & mask(order);
      int bit = i << (order + 1);
      wide[bit >>> 6] |= value << (bit & 63);
    }
    chunks[chunk] = wide;
    states[chunk] = OWN;
    orders[chunk]++;
  }
}
