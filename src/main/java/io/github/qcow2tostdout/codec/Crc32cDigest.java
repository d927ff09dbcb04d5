package io.github.qcow2tostdout.codec;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * CRC-32C (Castagnoli). The JDK's can't be told to go on behind a run of zeroes, so each stretch
 * between such runs has one of its own, and they are put together.
 */
final class Crc32cDigest implements Digest {
  private static final CrcPolynomial POLYNOMIAL = new CrcPolynomial(32, 0x82F63B78L);

  private final CRC32C stretch = new CRC32C();
  private long stretchBytes;

  /** The register before the stretch. */
  private long register = POLYNOMIAL.ones();

  @Override
  public void update(ByteBuffer bytes) {
    stretchBytes += bytes.remaining();
    stretch.update(bytes);
  }

  @Override
  public void zeroes(long count) {
    endStretch();
    register = POLYNOMIAL.afterZeroes(register, count);
  }

  private void endStretch() {
    // What a register becomes is linear in what it is and in what comes.
    long before = register ^ POLYNOMIAL.ones();
    register =
        POLYNOMIAL.afterZeroes(before, stretchBytes) ^ stretch.getValue() ^ POLYNOMIAL.ones();
    stretch.reset();
    stretchBytes = 0;
  }

  @Override
  public String hex() {
    endStretch();
    return HexFormat.of().toHexDigits(register ^ POLYNOMIAL.ones(), Integer.BYTES * 2);
  }
}
