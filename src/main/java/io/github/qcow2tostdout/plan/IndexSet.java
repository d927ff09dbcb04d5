package io.github.qcow2tostdout.plan;

import java.util.Arrays;

/**
 * An immutable set of indexes of clusters or table entries, with rank and select. It takes memory
 * for its members, not for the range they come from: chunks of 65536 indexes without a member are
 * not kept, the others in the smallest of three forms ({@link IndexChunk}).
 */
public final class IndexSet {
  /** log2 of how many indexes are in a chunk. */
  public static final int CHUNK_BITS = IndexChunk.BITS;

  /** No index at all. */
  public static final IndexSet EMPTY = new Builder().build();

  private final long[] numbers;
  private final long[] ranks;
  private final IndexChunk[] chunks;
  private final long count;

  private IndexSet(long[] numbers, long[] ranks, IndexChunk[] chunks, long count) {
    this.numbers = numbers;
    this.ranks = ranks;
    this.chunks = chunks;
    this.count = count;
  }

  /** All indexes from 0 up to but not including {@code end}. */
  static IndexSet upTo(long end) {
    Builder builder = new Builder();
    builder.add(0, end);
    return builder.build();
  }

  /**
   * The indexes shifted right, each once: those of the groups of 2<sup>bits</sup> indexes that have
   * a member in the set.
   */
  public IndexSet groups(int bits) {
    if (bits == 0) {
      return this;
    }
    Builder builder = new Builder();
    for (int at = 0; at < chunks.length; at++) {
      IndexChunk chunk = chunks[at];
      long base = numbers[at] << IndexChunk.BITS;
      for (int index = chunk.next(0); index < IndexChunk.SIZE; ) {
        int end = chunk.nextGap(index);
        long behind = ((base + end - 1) >> bits) + 1;
        builder.add((base + index) >> bits, behind);
        // Whatever else is in the last of these groups, it is there.
        long next = Math.max(end, (behind << bits) - base);
        index = next >= IndexChunk.SIZE ? IndexChunk.SIZE : chunk.next((int) next);
      }
    }
    return builder.build();
  }

  /** Whether there is no member. */
  public boolean isEmpty() {
    return count == 0;
  }

  /** How many members there are. */
  public long count() {
    return count;
  }

  /** Whether an index is a member. */
  public boolean contains(long index) {
    int at = Arrays.binarySearch(numbers, index >>> IndexChunk.BITS);
    return at >= 0 && chunks[at].next(within(index)) == within(index);
  }

  /** How many members are below an index. */
  public long rank(long index) {
    int at = Arrays.binarySearch(numbers, index >>> IndexChunk.BITS);
    if (at >= 0) {
      return ranks[at] + chunks[at].rank(within(index));
    }
    int next = -at - 1;
    return next < ranks.length ? ranks[next] : count;
  }

  /** The member that has {@code rank} members below it, 0 <= rank < count. */
  public long select(long rank) {
    if (rank < 0 || rank >= count) {
      throw new IndexOutOfBoundsException(rank + " of " + count);
    }
    int found = Arrays.binarySearch(ranks, rank);
    int at = found >= 0 ? found : -found - 2;
    return (numbers[at] << IndexChunk.BITS) + chunks[at].select((int) (rank - ranks[at]));
  }

  /**
   * A walk over the runs of neighbouring members, starting at an index; members below it are left
   * out.
   */
  public Runs runsFrom(long index) {
    return new Runs(index);
  }

  /** How many groups of 65536 indexes have a member. */
  public int chunks() {
    return chunks.length;
  }

  /** Which group a chunk is: its first index divided by 65536. */
  public long chunkNumber(int chunk) {
    return numbers[chunk];
  }

  /** How many members a chunk has. */
  public int chunkMembers(int chunk) {
    return chunks[chunk].count();
  }

  /** In how many runs of neighbours the members of a chunk are. */
  public int chunkRuns(int chunk) {
    return chunks[chunk].runs();
  }

  /** Sets the bits of the members of a chunk. */
  public void copyChunk(int chunk, long[] bits) {
    chunks[chunk].setIn(bits);
  }

  private static int within(long index) {
    return (int) (index & (IndexChunk.SIZE - 1));
  }

  /** Maximal runs [from, to) of members, ascending. */
  public final class Runs {
    private int at;
    private long nextFrom;
    private long from;
    private long to;

    private Runs(long index) {
      int found = Arrays.binarySearch(numbers, index >>> IndexChunk.BITS);
      at = found >= 0 ? found : -found - 1;
      nextFrom = index;
    }

    /** Goes to the next run; false if there is none. */
    public boolean next() {
      from = nextMember();
      if (from < 0) {
        return false;
      }
      to = runEnd(from);
      // A run may go on in the chunk that follows.
      while (isChunkStart(to) && at < numbers.length && (numbers[at] << IndexChunk.BITS) == to) {
        long end = runEnd(to);
        if (end == to) {
          break;
        }
        to = end;
      }
      nextFrom = to;
      return true;
    }

    public long from() {
      return from;
    }

    public long to() {
      return to;
    }

    private long nextMember() {
      for (; at < numbers.length; at++) {
        long base = numbers[at] << IndexChunk.BITS;
        int start = nextFrom <= base ? 0 : (int) (nextFrom - base);
        int member = start >= IndexChunk.SIZE ? IndexChunk.SIZE : chunks[at].next(start);
        if (member < IndexChunk.SIZE) {
          return base + member;
        }
      }
      return -1;
    }

    /**
     * The end of the run in the chunk that holds {@code index}; goes on to the next chunk if it is
     * full to its end.
     */
    private long runEnd(long index) {
      long base = numbers[at] << IndexChunk.BITS;
      int end = chunks[at].nextGap((int) (index - base));
      if (end == IndexChunk.SIZE) {
        at++;
      }
      return base + end;
    }

    private static boolean isChunkStart(long index) {
      return within(index) == 0;
    }
  }

  /** Takes ranges in ascending order. */
  public static final class Builder {
    private long[] numbers = new long[16];
    private long[] ranks = new long[16];
    private IndexChunk[] chunks = new IndexChunk[16];
    private int size;
    private long count;
    private long end;
    private long current = -1;
    private final long[] bits = new long[IndexChunk.SIZE / Long.SIZE];

    /**
     * Adds [from, to). What is already in the set is not added again; apart from that nothing may
     * be below what was added before.
     */
    public void add(long from, long to) {
      if (to <= end) {
        return;
      }
      long start = Math.max(from, end);
      end = to;
      while (start < to) {
        long number = start >>> IndexChunk.BITS;
        long chunkEnd = Math.min(to, (number + 1) << IndexChunk.BITS);
        if (number != current) {
          finishChunk();
        }
        if (chunkEnd - start == IndexChunk.SIZE) {
          append(number, IndexChunk.FULL);
        } else {
          current = number;
          IndexChunk.set(bits, within(start), within(chunkEnd - 1));
        }
        start = chunkEnd;
      }
    }

    /**
     * Adds a chunk; all that was added before is below it.
     *
     * @param number its first index divided by 65536
     * @param members a bit for each, of which one is set
     */
    public void addChunk(long number, long[] members) {
      long from = number << IndexChunk.BITS;
      if (from < end || members.length != bits.length) {
        throw new IllegalArgumentException("chunk " + number + " behind " + end);
      }
      finishChunk();
      append(number, IndexChunk.of(members));
      end = from + IndexChunk.SIZE;
    }

    /** The set; the builder is not to be used again. */
    public IndexSet build() {
      finishChunk();
      return new IndexSet(
          Arrays.copyOf(numbers, size),
          Arrays.copyOf(ranks, size),
          Arrays.copyOf(chunks, size),
          count);
    }

    private void finishChunk() {
      if (current >= 0) {
        append(current, IndexChunk.of(bits));
        Arrays.fill(bits, 0);
        current = -1;
      }
    }

    private void append(long number, IndexChunk chunk) {
      if (size == numbers.length) {
        int larger = size + (size >> 1);
        numbers = Arrays.copyOf(numbers, larger);
        ranks = Arrays.copyOf(ranks, larger);
        chunks = Arrays.copyOf(chunks, larger);
      }
      numbers[size] = number;
      ranks[size] = count;
      chunks[size] = chunk;
      size++;
      count += chunk.count();
    }
  }
}
