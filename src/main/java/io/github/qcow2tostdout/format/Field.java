package io.github.qcow2tostdout.format;

import java.nio.ByteBuffer;

/**
 * A field of a structure on disk: a big-endian unsigned number.
 *
 * @param offset from the structure's first byte
 * @param size bytes: 1, 2, 4 or 8
 */
record Field(int offset, int size) {
  /** The byte behind the field. */
  int end() {
    return offset + size;
  }

  /**
   * Reads it from the structure that starts at an index; fields of 8 bytes may come out negative.
   */
  long get(ByteBuffer buffer, int start) {
    int at = start + offset;
    return switch (size) {
      case 1 -> Byte.toUnsignedLong(buffer.get(at));
      case 2 -> Short.toUnsignedLong(buffer.getShort(at));
      case 4 -> Integer.toUnsignedLong(buffer.getInt(at));
      default -> buffer.getLong(at);
    };
  }

  /** Writes it into the structure that starts at an index. */
  void put(ByteBuffer buffer, int start, long value) {
    int at = start + offset;
    switch (size) {
      case 1 -> buffer.put(at, (byte) value);
      case 2 -> buffer.putShort(at, (short) value);
      case 4 -> buffer.putInt(at, (int) value);
      default -> buffer.putLong(at, value);
    }
  }

  /** Whether it can hold the value. */
  boolean holds(long value) {
    return size == Long.BYTES || value >>> (size * Byte.SIZE) == 0;
  }
}
