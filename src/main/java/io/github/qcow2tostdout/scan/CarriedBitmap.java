package io.github.qcow2tostdout.scan;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A dirty bitmap of the disk that is converted, to be carried into the image.
 *
 * @param name 1 to 1023 bytes, from index 0
 * @param granularityBits log2 of the bytes of disk that a bit stands for
 * @param auto whether it goes on recording when the image is in use
 * @param bits that the disk has
 * @param stored its bytes
 */
public record CarriedBitmap(
    ByteBuffer name, int granularityBits, boolean auto, long bits, Stored stored) {

  /** The bits as they are stored: from the lowest of each byte on. */
  @FunctionalInterface
  public interface Stored {
    /** Fills a buffer; bits behind the last are 0. */
    void read(ByteBuffer to, long offset) throws IOException;
  }

  /** Bytes of it. */
  long bytes() {
    return Math.ceilDiv(bits, (long) Byte.SIZE);
  }
}
