package io.github.qcow2tostdout.convert;

import java.nio.ByteBuffer;

/** The bytes of a stream that are around its image. */
public final class Frame {
  /** Nothing. */
  public static final Frame NONE = new Frame(new byte[0], new byte[0]);

  private final byte[] before;
  private final byte[] after;

  /** One of these bytes, which are not to change any more. */
  public Frame(byte[] before, byte[] after) {
    this.before = before;
    this.after = after;
  }

  /** How many bytes are before the image. */
  public int start() {
    return before.length;
  }

  /** Bytes of the stream with an image of a size. */
  public long streamSize(long imageSize) {
    return before.length + imageSize + after.length;
  }

  /** What is before the image. */
  public ByteBuffer before() {
    return ByteBuffer.wrap(before).asReadOnlyBuffer();
  }

  /** What is behind it. */
  public ByteBuffer after() {
    return ByteBuffer.wrap(after).asReadOnlyBuffer();
  }
}
