package io.github.qcow2tostdout.foreign;

import java.io.IOException;
import java.nio.ByteBuffer;

/** An image's file, to read a header from. */
public interface ImageBytes {
  /** Bytes of the file. */
  long size();

  /**
   * Reads a range.
   *
   * @param offset not negative
   * @param length at most {@link ForeignHeader#MAX_READ}
   * @return big-endian, from index 0; zeroes where the file has nothing
   */
  ByteBuffer read(long offset, int length) throws IOException;
}
