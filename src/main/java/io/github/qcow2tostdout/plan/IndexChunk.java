package io.github.qcow2tostdout.plan;

import java.util.Arrays;

/**
 * The members of an {@link IndexSet} among 65536 indexes that start at a multiple of that; at least
 * one.
 */
sealed interface IndexChunk {
  int BITS = 16;
  int SIZE = 1 << BITS;

  /** Every index is a member. */
  IndexChunk FULL = new RunList(new char[] {0}, new char[] {SIZE - 1}, new int[] {0, SIZE});

  /** How many members there are. */
  int count();

  /** How many members are below an index. */
  int rank(int index);

  /** The member with that many members below it. */
  int select(int rank);

  /** The first member at or behind an index; {@link #SIZE} if there is none. */
  int next(int index);

  /** The first index at or behind an index that is no member; {@link #SIZE} if there is none. */
  int nextGap(int index);

  /** How many runs of neighbouring members there are. */
  int runs();

  /** Sets the bits of the members. */
  void setIn(long[] bits);

  /** The smallest form of a bitmap of {@link #SIZE} bits, which is copied. */
  static IndexChunk of(long[] bits) {
    int runs = runsOf(bits);
    boolean asRuns = runs * RunList.BYTES_PER_RUN < SIZE / Byte.SIZE;
    return asRuns ? RunList.of(bits, runs) : new Bitmap(bits.clone(), bitCount(bits));
  }

  private static int runsOf(long[] bits) {
    int runs = 0;
    long carry = 0;
    for (long word : bits) {
      runs += Long.bitCount(word & ~(word << 1 | carry));
      carry = word >>> (Long.SIZE - 1);
    }
    return runs;
  }

  /** Sets the bits from one up to another, which is set too. */
  static void set(long[] bits, int first, int last) {
    int firstWord = first / Long.SIZE;
    int lastWord = last / Long.SIZE;
    long firstMask = -1L << first;
    long lastMask = -1L >>> (Long.SIZE - 1 - last % Long.SIZE);
    if (firstWord == lastWord) {
      bits[firstWord] |= firstMask & lastMask;
    } else {
      bits[firstWord] |= firstMask;
      Arrays.fill(bits, firstWord + 1, lastWord, -1L);
      bits[lastWord] |= lastMask;
    }
  }

  private static int bitCount(long[] bits) {
    int count = 0;
    for (long word : bits) {
      count += Long.bitCount(word);
    }
    return count;
  }

  private static int nextSet(long[] bits, int index, long flip) {
    if (index >= SIZE) {
      return SIZE;
    }
    int at = index / Long.SIZE;
    long word = (bits[at] ^ flip) & -1L << index;
    while (word == 0) {
      at++;
      if (at == bits.length) {
        return SIZE;
      }
      word = bits[at] ^ flip;
    }
    return at * Long.SIZE + Long.numberOfTrailingZeros(word);
  }

  /** Runs of members: their first and last members, and how many members come before each. */
  record RunList(char[] firsts, char[] lasts, int[] before) implements IndexChunk {
    private static final int BYTES_PER_RUN = 8;

    private static RunList of(long[] bits, int runs) {
      char[] firsts = new char[runs];
      char[] lasts = new char[runs];
      int[] before = new int[runs + 1];
      int index = 0;
      for (int run = 0; run < runs; run++) {
        int first = nextSet(bits, index, 0);
        index = nextSet(bits, first, -1L);
        firsts[run] = (char) first;
        lasts[run] = (char) (index - 1);
        before[run + 1] = before[run] + index - first;
      }
      return new RunList(firsts, lasts, before);
    }

    @Override
    public int count() {
      return before[firsts.length];
    }

    @Override
    public int rank(int index) {
      int run = runAtOrBefore(index);
      return run < 0 ? 0 : before[run] + Math.min(index, lasts[run] + 1) - firsts[run];
    }

    @Override
    public int select(int rank) {
      int found = Arrays.binarySearch(before, 0, firsts.length, rank);
      int run = found >= 0 ? found : -found - 2;
      return firsts[run] + rank - before[run];
    }

    @Override
    public int next(int index) {
      int run = runAtOrBefore(index);
      if (run >= 0 && index <= lasts[run]) {
        return index;
      }
      return run + 1 < firsts.length ? firsts[run + 1] : SIZE;
    }

    @Override
    public int nextGap(int index) {
      int run = runAtOrBefore(index);
      return run >= 0 && index <= lasts[run] ? lasts[run] + 1 : index;
    }

    @Override
    public int runs() {
      return firsts.length;
    }

    @Override
    public void setIn(long[] bits) {
      for (int run = 0; run < firsts.length; run++) {
        IndexChunk.set(bits, firsts[run], lasts[run]);
      }
    }

    private int runAtOrBefore(int index) {
      int found = Arrays.binarySearch(firsts, (char) index);
      return found >= 0 ? found : -found - 2;
    }
  }

  /** One bit an index. */
  record Bitmap(long[] bits, int count) implements IndexChunk {
    @Override
    public int rank(int index) {
      int word = index / Long.SIZE;
      int rank = 0;
      for (int at = 0; at < word; at++) {
        rank += Long.bitCount(bits[at]);
      }
      return rank + Long.bitCount(bits[word] & ~(-1L << index));
    }

    @Override
    public int select(int rank) {
      int left = rank;
      int at = 0;
      for (int ones = Long.bitCount(bits[0]); left >= ones; ones = Long.bitCount(bits[at])) {
        left -= ones;
        at++;
      }
      long word = bits[at];
      for (; left > 0; left--) {
        word &= word - 1;
      }
      return at * Long.SIZE + Long.numberOfTrailingZeros(word);
    }

    @Override
    public int next(int index) {
      return nextSet(bits, index, 0);
    }

    @Override
    public int nextGap(int index) {
      return nextSet(bits, index, -1L);
    }

    @Override
    public int runs() {
      return runsOf(bits);
    }

    @Override
    public void setIn(long[] to) {
      for (int at = 0; at < bits.length; at++) {
        to[at] |= bits[at];
      }
    }
  }
}
