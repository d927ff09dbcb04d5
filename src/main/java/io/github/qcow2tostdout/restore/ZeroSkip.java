package io.github.qcow2tostdout.restore;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Writes to a target, and what is nothing but zeroes as such, so that a file stays sparse. A block
 * with data is nearly always known by its first bytes, so that this costs next to nothing.
 */
final class ZeroSkip {
  /** What is tested at once. */
  private static final int BLOCK = 64 << 10;

  private final DiskTarget target;

  ZeroSkip(DiskTarget target) {
    this.target = target;
  }

  /** Writes the rest of a buffer. */
  void write(ByteBuffer bytes, long offset) throws IOException {
    int end = bytes.limit();
    int from = bytes.position();
    int at = from;
    while (at < end) {
      int length = Math.min(BLOCK - (int) ((offset + at - from) % BLOCK), end - at);
      if (isZero(bytes, at, length)) {
        flush(bytes, from, at, offset);
        int zeroes = at;
        while (at < end && isZero(bytes, at, length)) {
          at += length;
          length = Math.min(BLOCK, end - at);
        }
        target.zero(offset + zeroes - from, at - zeroes);
        offset += at - from;
        from = at;
      } else {
        at += length;
      }
    }
    flush(bytes, from, end, offset);
    bytes.position(end);
  }

  private void flush(ByteBuffer bytes, int from, int to, long offset) throws IOException {
    if (to > from) {
      target.write(bytes.slice(from, to - from), offset);
    }
  }

  private static boolean isZero(ByteBuffer bytes, int at, int length) {
    // Not by a comparison with a block of zeroes: its first costs the start 20 ms.
    int end = at + length;
    int words = at + (length & -Long.BYTES);
    for (int i = at; i < words; i += Long.BYTES) {
      if (bytes.getLong(i) != 0) {
        return false;
      }
    }
    for (int i = words; i < end; i++) {
      if (bytes.get(i) != 0) {
        return false;
      }
    }
    return true;
  }
}
