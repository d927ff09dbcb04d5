package io.github.qcow2tostdout.codec;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Looks at the beginning of compressed data, to tell clusters with data from zeroes in a fraction
 * of the time that it takes to decode them. Whether the rest is sound is for who decodes it.
 */
public final class FirstBytes implements AutoCloseable {
  /** Data is nearly always known by its first bytes. */
  private static final int LOOKED_AT = 64;

  private final Inflater inflater = new Inflater(true);
  private final byte[] input;
  private final byte[] first = new byte[LOOKED_AT];
  private final boolean zstd;

  /**
   * @param maxInput bytes of data that a cluster has at most
   * @param zstd whether it is zstd, or else deflate
   */
  public FirstBytes(int maxInput, boolean zstd) {
    input = new byte[maxInput + ZstdInput.PADDING];
    this.zstd = zstd;
  }

  /** Where the data is to be put. */
  public byte[] input() {
    return input;
  }

  /**
   * Whether a cluster that comes of the data has a byte that is not zero.
   *
   * @param length of the data in {@link #input}
   * @return false if that can't be told so quickly
   */
  public boolean holdData(int length) {
    try {
      return zstd
          ? ZstdDecoder.beginsWithData(new ZstdInput(input, 0, length), LOOKED_AT)
          : inflated(length);
    } catch (DamagedDataException | DataFormatException e) {
      // Who decodes it says what is wrong.
      return false;
    }
  }

  private boolean inflated(int length) throws DataFormatException {
    inflater.reset();
    inflater.setInput(input, 0, length);
    return ZstdInput.hasData(first, 0, inflater.inflate(first));
  }

  @Override
  public void close() {
    inflater.end();
  }
}
