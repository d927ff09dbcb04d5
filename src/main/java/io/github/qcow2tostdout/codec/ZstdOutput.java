package io.github.qcow2tostdout.codec;

import java.util.Arrays;

/** The cluster that zstd data is decoded to; more than that is an error. */
final class ZstdOutput {
  private final byte[] bytes;
  private int size;
  private int frameStart;

  ZstdOutput(byte[] bytes) {
    this.bytes = bytes;
  }

  int size() {
    return size;
  }

  boolean isFull() {
    return size == bytes.length;
  }

  void clear() {
    size = 0;
    frameStart = 0;
  }

  /** A frame starts: nothing before it can be copied. */
  void startFrame() {
    frameStart = size;
  }

  /** Bytes of the frame. */
  int frameSize() {
    return size - frameStart;
  }

  /** The checksum of the frame. */
  long frameHash() {
    return XxHash64.of(bytes, frameStart, size);
  }

  private void reserve(int count) throws DamagedDataException {
    if (count > bytes.length - size) {
      throw new DamagedDataException("zstd data of more than " + bytes.length + " bytes");
    }
  }

  void append(byte[] from, int at, int count) throws DamagedDataException {
    reserve(count);
    System.arraycopy(from, at, bytes, size, count);
    size += count;
  }

  void fill(byte value, int count) throws DamagedDataException {
    reserve(count);
    Arrays.fill(bytes, size, size + count, value);
    size += count;
  }

  /** Copies what is that far back; it may reach into itself. */
  void repeat(long distance, int count) throws DamagedDataException {
    if (distance <= 0 || distance > frameSize()) {
      throw new DamagedDataException("a zstd offset that goes behind the start");
    }
    reserve(count);
    int back = (int) distance;
    int done = 0;
    while (done < count) {
      // What was copied can be copied again, so that the steps double.
      int step = Math.min(count - done, back + done);
      System.arraycopy(bytes, size - back, bytes, size + done, step);
      done += step;
    }
    size += count;
  }
}
