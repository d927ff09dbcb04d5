package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.plan.IndexSet;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Words of a table on their way into a buffer: a loop over a buffer would take five times as long.
 */
final class TableWords {
  /** What the entry of a member of a set is; the next member's is one cluster further. */
  @FunctionalInterface
  interface Entry {
    /**
     * The entry of a member.
     *
     * @param index the member
     * @param rank how many members are below it
     */
    long of(long index, long rank);
  }

  private final int clusterSize;
  private long[] words = new long[0];
  private int count;

  TableWords(int clusterSize) {
    this.clusterSize = clusterSize;
  }

  /** Starts with as many words as a buffer has room for, all of them zero; returns their number. */
  int start(ByteBuffer out) {
    count = out.remaining() / Long.BYTES;
    if (words.length < count) {
      words = new long[count];
    } else {
      Arrays.fill(words, 0, count, 0);
    }
    return count;
  }

  /** Puts all words into the buffer. */
  void finish(ByteBuffer out) {
    out.asLongBuffer().put(words, 0, count);
    out.position(out.position() + count * Long.BYTES);
  }

  /** Sets words [from, to). */
  void fill(int from, int to, long value) {
    Arrays.fill(words, from, to, value);
  }

  /** Sets bits of a word. */
  void setBits(int at, long bits) {
    words[at] |= bits;
  }

  /**
   * Sets the entries of the members of a set in [first, end).
   *
   * @param at the word of the entry of {@code first}
   * @param stride words of an entry, of which the first is set
   * @param rank how many members are below {@code first}
   * @return how many members are below {@code end}
   */
  long setMembers(
      int at, int stride, IndexSet members, long first, long end, long rank, Entry entry) {
    long below = rank;
    for (IndexSet.Runs runs = members.runsFrom(first); runs.next() && runs.from() < end; ) {
      long to = Math.min(runs.to(), end);
      int word = at + (int) (runs.from() - first) * stride;
      long value = entry.of(runs.from(), below);
      for (long left = to - runs.from(); left > 0; left--) {
        words[word] = value;
        word += stride;
        value += clusterSize;
      }
      below += to - runs.from();
    }
    return below;
  }
}
