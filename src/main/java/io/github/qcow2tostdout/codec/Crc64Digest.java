package io.github.qcow2tostdout.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * CRC-64/NVME, sixteen bytes at a time: each has a table of what it does to the register when the
 * bytes behind it in the sixteen are zero.
 *
 * <p>Source: NVM Express NVM Command Set Specification, "64b CRC".
 */
final class Crc64Digest implements Digest {
  private static final CrcPolynomial POLYNOMIAL = new CrcPolynomial(64, 0x9A6C9329AC4BC9B5L);
  private static final int STEP = 16;
  private static final int BYTES = 256;
  private static final long[] TABLES = tables();

  private long register = POLYNOMIAL.ones();

  private static long[] tables() {
    long[] tables = new long[STEP * BYTES];
    for (int value = 0; value < BYTES; value++) {
      long after = POLYNOMIAL.afterZeroes(value, 1);
      for (int table = 0; table < STEP; table++) {
        tables[table * BYTES + value] = after;
        after = POLYNOMIAL.afterZeroes(after, 1);
      }
    }
    return tables;
  }

  @Override
  public void update(ByteBuffer bytes) {
    ByteBuffer words = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    long crc = register;
    int whole = words.remaining() & -STEP;
    int at = 0;
    for (; at < whole; at += STEP) {
      crc = folded(crc ^ words.getLong(at), 8) ^ folded(words.getLong(at + Long.BYTES), 0);
    }
    for (; at < words.limit(); at++) {
      crc = TABLES[(int) (crc ^ words.get(at)) & 0xff] ^ crc >>> Byte.SIZE;
    }
    register = crc;
    bytes.position(bytes.limit());
  }

  /** What eight bytes do to the register, with so many more behind them. */
  private static long folded(long word, int behind) {
    int last = behind * BYTES;
    return TABLES[last + 7 * BYTES + (int) (word & 0xff)]
        ^ TABLES[last + 6 * BYTES + (int) (word >>> 8 & 0xff)]
        ^ TABLES[last + 5 * BYTES + (int) (word >>> 16 & 0xff)]
        ^ TABLES[last + 4 * BYTES + (int) (word >>> 24 & 0xff)]
        ^ TABLES[last + 3 * BYTES + (int) (word >>> 32 & 0xff)]
        ^ TABLES[last + 2 * BYTES + (int) (word >>> 40 & 0xff)]
        ^ TABLES[last + BYTES + (int) (word >>> 48 & 0xff)]
        ^ TABLES[last + (int) (word >>> 56)];
  }

  @Override
  public void zeroes(long count) {
    register = POLYNOMIAL.afterZeroes(register, count);
  }

  @Override
  public String hex() {
    return HexFormat.of().toHexDigits(register ^ POLYNOMIAL.ones());
  }
}
