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
    int perWord = Long.SIZE >> refcountOrder;
    long word = ONES[refcountOrder];
    long left = Math.max(0, ones - offset * Byte.SIZE / (1L << refcountOrder));
    while (left >= perWord && out.hasRemaining()) {
      out.putLong(word);
      left -= perWord;
    }
    if (left > 0 && out.hasRemaining()) {
      out.putLong(word & firstEntries((int) left, refcountOrder));
    }
    while (out.hasRemaining()) {
      out.putLong(0);
    }
  }

  /** A mask over the first entries of eight bytes that are read big-endian. */
  private static long firstEntries(int entries, int refcountOrder) {
    int bits = entries << refcountOrder;
    int wholeBytes = bits / Byte.SIZE;
    long mask = wholeBytes == 0 ? 0 : -1L << (Long.SIZE - wholeBytes * Byte.SIZE);
    int rest = bits % Byte.SIZE;
    // The entries of a shared byte start at its least significant bit.
    return rest == 0
        ? mask
        : mask | ((1L << rest) - 1) << (Long.SIZE - (wholeBytes + 1) * Byte.SIZE);
  }
}
