package io.github.qcow2tostdout.restore;

import java.nio.ByteBuffer;

/** The last bytes of a stream. */
final class ByteWindow {
  private final byte[] bytes;
  private final long start;
  private long position;

  /**
   * An empty one.
   *
   * @param start where the stream is
   */
  ByteWindow(int size, long start) {
    bytes = new byte[size];
    this.start = start;
    position = start;
  }

  /** The next bytes. */
  void add(ByteBuffer more) {
    while (more.hasRemaining()) {
      int at = (int) (position % bytes.length);
      int length = Math.min(more.remaining(), bytes.length - at);
      more.get(bytes, at, length);
      position += length;
    }
  }

  /** Whether it has a byte of the stream, or will have it. */
  boolean reaches(long offset) {
    return offset >= Math.max(start, position - bytes.length);
  }

  /** Copies bytes of the stream that it has. */
  void get(long offset, byte[] to, int index, int length) {
    int done = 0;
    while (done < length) {
      int at = (int) ((offset + done) % bytes.length);
      int part = Math.min(length - done, bytes.length - at);
      System.arraycopy(bytes, at, to, index + done, part);
      done += part;
    }
  }
}
