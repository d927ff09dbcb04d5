package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.format.L2Entry;
import io.github.qcow2tostdout.plan.IndexSet;
import io.github.qcow2tostdout.plan.Placement;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Words of a table on their way into a buffer: a loop over a buffer would take five times as long.
 */
final class TableWords {
  private long[] words = new long[0];
  private int count;

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

  /** Clears the bitmaps of compressed clusters: these have no subclusters. */
  void clearBehindCompressed(int at, int entries) {
    for (int word = at; word < at + 2 * entries; word += 2) {
      if (L2Entry.isCompressed(words[word])) {
        words[word + 1] = 0;
      }
    }
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
   * @param entries sets them
   * @return how many members are below {@code end}
   */
  long setMembers(
      int at,
      int stride,
      IndexSet members,
      long first,
      long end,
      long rank,
      Placement.Entries entries) {
    long below = rank;
    for (IndexSet.Runs runs = members.runsFrom(first); runs.next() && runs.from() < end; ) {
      long to = Math.min(runs.to(), end);
      int word = at + (int) (runs.from() - first) * stride;
      int neighbours = (int) (to - runs.from());
      entries.set(words, word, stride, runs.from(), below, neighbours);
      below += to - runs.from();
    }
    return below;
  }
}
