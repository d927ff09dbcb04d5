package io.github.qcow2tostdout.codec;

/**
 * Bits that are read from the end of some bytes to their start, as zstd's entropy coders write
 * them.
 *
 * <p>Source: RFC 8878, "FSE Bitstream".
 */
final class ZstdBits {
  private final byte[] bytes;
  private final long start;

  /** Bits that are left; negative if more were read than there are. */
  private long left;

  /** All bits of an input. */
  ZstdBits(ZstdInput input) throws DamagedDataException {
    bytes = input.bytes();
    start = (long) input.at() * Byte.SIZE;
    int last = input.remaining() == 0 ? 0 : bytes[input.at() + input.remaining() - 1] & 0xff;
    if (last == 0) {
      throw new DamagedDataException("a zstd bitstream without an end");
    }
    // The highest bit that is set marks the end and is no data.
    left = input.remaining() * (long) Byte.SIZE - Integer.numberOfLeadingZeros(last << 24) - 1;
  }

  /** Bits that are left; negative if more were read than there are. */
  long left() {
    return left;
  }

  /** The next bits, at most 31; zeroes where there are none. */
  int peek(int count) {
    long from = left - count;
    if (from >= 0) {
      return extract(from, count);
    }
    long missing = -from;
    return missing >= count ? 0 : extract(0, (int) (count - missing)) << missing;
  }

  void skip(int count) {
    left -= count;
  }

  int read(int count) {
    int value = peek(count);
    left -= count;
    return value;
  }

  private int extract(long from, int count) {
    long bit = start + from;
    long word = ZstdInput.load(bytes, (int) (bit >>> 3));
    return (int) (word >>> (bit & 7)) & ((1 << count) - 1);
  }
}
