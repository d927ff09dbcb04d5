package io.github.qcow2tostdout.source;

import java.nio.ByteBuffer;

/** Puts zeroes into buffers. */
public final class Zeroes {
  private static final byte[] BYTES = new byte[4 << 10];

  private Zeroes() {}

  /** Puts so many of them. */
  public static void put(ByteBuffer buffer, int count) {
    for (int left = count; left > 0; left -= BYTES.length) {
      buffer.put(BYTES, 0, Math.min(left, BYTES.length));
    }
  }
}
