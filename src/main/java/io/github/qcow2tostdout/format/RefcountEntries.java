package io.github.qcow2tostdout.format;

import java.nio.ByteBuffer;

/**
 * Refcounts as they lie in contiguous refcount blocks: big-endian from 8 bits up; narrower ones
 * fill each byte from its least significant bit.
 *
 * <p>Source: qcow2 specification, "Host cluster management".
 */
public final class RefcountEntries {
  /** By refcount_order: eight bytes, read big-endian, in which every entry is 1. */
  private static final long[] ONES = {
    -1L,
    0x5555_5555_5555_5555L,
    0x1111_1111_1111_1111L,
    0x0101_0101_0101_0101L,
    0x0001_0001_0001_0001L,
    0x0000_0001_0000_0001L,
    1L
  };

  private RefcountEntries() {}

  /** Eight bytes, read big-endian, in which every refcount is 1. */
  public static long ones(int refcountOrder) {
    return ONES[refcountOrder];
  }

  /**
   * Reads one refcount of a block.
   *
   * @param block the block's bytes from index 0, big-endian
   * @return unsigned; with 64 bits it may come out negative
   */
  public static long get(ByteBuffer block, int refcountOrder, int index) {
    return switch (refcountOrder) {
      case 6 -> block.getLong(index * 8);
      case 5 -> Integer.toUnsignedLong(block.getInt(index * 4));
      case 4 -> Short.toUnsignedLong(block.getShort(index * 2));
      default -> {
        int value = Byte.toUnsignedInt(block.get(index >> (3 - refcountOrder)));
        int shift = (index << refcountOrder) & (Byte.SIZE - 1);
        yield value >>> shift & ((1 << (1 << refcountOrder)) - 1);
      }
    };
  }

  /**
   * Fills the rest of a buffer with a part of a list of refcounts of which the first are 1 and all
   * others 0.
   *
   * @param out room for a multiple of 8 bytes, big-endian
   * @param refcountOrder log2 of the width in bits
   * @param offset where the part starts in the list, in bytes, a multiple of 8
   * @param ones how many entries of the list are 1
   */
  public static void writeOnes(ByteBuffer out, int refcountOrder, long offset, long ones) {
    write(out, refcountOrder, offset, index -> index < ones ? new Run(1, ones) : Run.REST);
  }

  /**
   * Neighbouring clusters with the same refcount.
   *
   * @param refcount of each
   * @param end the cluster behind the last
   */
  public record Run(long refcount, long end) {
    /** What follows the last cluster. */
    public static final Run REST = new Run(0, Long.MAX_VALUE);
  }

  /** A list of refcounts. */
  @FunctionalInterface
  public interface Runs {
    /** The run that a cluster is in; it may have begun before it. */
    Run at(long cluster);
  }

  /**
   * Fills the rest of a buffer with a part of a list of refcounts.
   *
   * @param out room for a multiple of 8 bytes, big-endian
   * @param refcountOrder log2 of the width in bits
   * @param offset where the part starts in the list, in bytes, a multiple of 8
   * @param refcounts the list
   */
  public static void write(ByteBuffer out, int refcountOrder, long offset, Runs refcounts) {
    int perWord = Long.SIZE >> refcountOrder;
    long index = offset / Long.BYTES * perWord;
    while (out.hasRemaining()) {
      Run run = refcounts.at(index);
      long words = Math.min(out.remaining() / Long.BYTES, (run.end() - index) / perWord);
      // No entry is wider than its refcount, so that the product carries nothing.
      long word = run.refcount() * ONES[refcountOrder];
      for (long left = words; left > 0; left--) {
        out.putLong(word);
      }
      index += words * perWord;
      if (words == 0) {
        out.putLong(mixedWord(refcountOrder, index, refcounts));
        index += perWord;
      }
    }
  }

  /** Eight bytes, read big-endian, of entries that are not all equal. */
  private static long mixedWord(int refcountOrder, long first, Runs refcounts) {
    int width = 1 << refcountOrder;
    long word = 0;
    Run run = refcounts.at(first);
    for (int i = 0; i < Long.SIZE / width; i++) {
      if (first + i >= run.end()) {
        run = refcounts.at(first + i);
      }
      int bit = i * width;
      int shift =
          width < Byte.SIZE
              // The entries of a shared byte start at its least significant bit.
              ? Long.SIZE - Byte.SIZE - (bit & -Byte.SIZE) + bit % Byte.SIZE
              : Long.SIZE - width - bit;
      word |= run.refcount() << shift;
    }
    return word;
  }
}
