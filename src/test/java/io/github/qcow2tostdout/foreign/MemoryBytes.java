package io.github.qcow2tostdout.foreign;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A file in memory, which fails where more is read of it than is sound. */
final class MemoryBytes implements ImageBytes {
  private byte[] content;
  private long read;

  MemoryBytes(int size) {
    content = new byte[size];
  }

  MemoryBytes(byte[] content) {
    this.content = content.clone();
  }

  /** Writes bytes at an offset. */
  MemoryBytes put(int offset, byte... bytes) {
    System.arraycopy(bytes, 0, content, offset, bytes.length);
    return this;
  }

  MemoryBytes putInt(int offset, long value, ByteOrder order) {
    ByteBuffer.wrap(content).order(order).putInt(offset, (int) value);
    return this;
  }

  MemoryBytes putLong(int offset, long value, ByteOrder order) {
    ByteBuffer.wrap(content).order(order).putLong(offset, value);
    return this;
  }

  MemoryBytes upTo(int size) {
    return new MemoryBytes(Arrays.copyOf(content, size));
  }

  byte[] content() {
    return content.clone();
  }

  @Override
  public long size() {
    return content.length;
  }

  @Override
  public ByteBuffer read(long offset, int length) {
    assertTrue(offset >= 0, () -> "byte " + offset);
    assertTrue(length >= 0 && length <= ForeignHeader.MAX_READ, () -> length + " bytes");
    read += length;
    assertTrue(read <= 4L << 20, "a header that is read and read");
    ByteBuffer bytes = ByteBuffer.allocate(length);
    int from = (int) Math.min(offset, content.length);
    bytes.put(content, from, Math.min(length, content.length - from));
    return bytes.clear();
  }
}
