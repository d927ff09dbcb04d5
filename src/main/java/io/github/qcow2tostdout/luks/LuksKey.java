package io.github.qcow2tostdout.luks;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * What opens the key slots of disks: any bytes. It says how much work may go into all that it is
 * tried on, because how much a try takes is said by a header, which may be anybody's.
 */
public final class LuksKey {
  /** The most bytes that a key may have. */
  public static final int MAX_SIZE = 8 << 20;

  /** How often the hash may be made: about a minute. */
  static final long MAX_WORK = 1L << 27;

  private final byte[] bytes;
  private long left = MAX_WORK;

  /**
   * A key.
   *
   * @param bytes at least one; they are not copied
   */
  public LuksKey(byte[] bytes) {
    if (bytes.length == 0) {
      throw new IllegalArgumentException("a key without bytes");
    }
    this.bytes = bytes;
  }

  byte[] bytes() {
    return bytes;
  }

  /** Takes so much of the work that is allowed; false if that is more than is left. */
  synchronized boolean take(long work) {
    if (work > left) {
      return false;
    }
    left -= work;
    return true;
  }

  /** Whether QEMU can be given it: it takes text, up to the first zero. */
  public boolean isText() {
    for (byte b : bytes) {
      if (b == 0) {
        return false;
      }
    }
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  /** Says nothing of it. */
  @Override
  public String toString() {
    return "a key";
  }
}
