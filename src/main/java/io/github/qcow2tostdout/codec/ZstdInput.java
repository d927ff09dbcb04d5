package io.github.qcow2tostdout.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** A range of bytes that is read from its front, little-endian. */
final class ZstdInput {
  /** How many bytes there must be behind any range: numbers are read 8 bytes at a time. */
  static final int PADDING = Long.BYTES;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] bytes;
  private final int end;
  private int at;

  /** The bytes of an array from an index up to another, behind which there is {@link #PADDING}. */
  ZstdInput(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    at = from;
    this.end = end;
  }

  /** The 8 bytes at an index. */
  static long load(byte[] bytes, int index) {
    return (long) LONG.get(bytes, index);
  }

  byte[] bytes() {
    return bytes;
  }

  /** Index of the next byte. */
  int at() {
    return at;
  }

  int remaining() {
    return end - at;
  }

  /** A number of up to 7 bytes. */
  long number(int size) throws DamagedDataException {
    long value = load(bytes, at) & ((1L << (size * Byte.SIZE)) - 1);
    skip(size);
    return value;
  }

  /** A number of 8 bytes. */
  long number64() throws DamagedDataException {
    long value = load(bytes, at);
    skip(Long.BYTES);
    return value;
  }

  /** A byte. */
  int number8() throws DamagedDataException {
    return (int) number(1);
  }

  void skip(long count) throws DamagedDataException {
    if (count > remaining()) {
      throw new DamagedDataException("the zstd data ends early");
    }
    at += (int) count;
  }

  /** Whether one of the next bytes is not zero. */
  boolean hasData(int count) throws DamagedDataException {
    int from = at;
    skip(count);
    return hasData(bytes, from, at);
  }

  /** Whether one of some bytes is not zero. */
  static boolean hasData(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] != 0) {
        return true;
      }
    }
    return false;
  }

  /** The next bytes as an input of their own. */
  ZstdInput take(int count) throws DamagedDataException {
    int from = at;
    skip(count);
    return new ZstdInput(bytes, from, at);
  }
}
