package io.github.qcow2tostdout.scan;

import io.github.qcow2tostdout.source.Source;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A part of a source in a buffer that is reused; behind the source's end it has zeroes. */
final class SourceWindow {
  /** So many zeroes are compared with at a time: they stay in the processor's nearest cache. */
  private static final int ZEROES = 16 << 10;

  private final Source source;
  private final ByteBuffer buffer;
  private final ByteBuffer zeroes = ByteBuffer.allocateDirect(ZEROES);

  /**
   * @param size the most that is read at a time
   */
  SourceWindow(Source source, int size) {
    this.source = source;
    buffer = ByteBuffer.allocateDirect(size);
  }

  /**
   * Reads so many bytes.
   *
   * @throws IOException also if the source ends before its size
   */
  void read(long offset, int count) throws IOException {
    int there = Math.clamp(source.size() - offset, 0, count);
    int got = there == 0 ? 0 : source.read(buffer.clear().limit(there), offset);
    if (got < there) {
      throw SourceGuard.endedAt(source, offset + got);
    }
    buffer.clear();
    for (int at = there; at < count; at++) {
      buffer.put(at, (byte) 0);
    }
  }

  /** Whether a part of what was read is zeroes. */
  boolean isZero(int from, int to) {
    for (int at = from; at < to; ) {
      int end = Math.min(to, at + ZEROES);
      if (buffer.limit(end).position(at).mismatch(zeroes.limit(end - at)) >= 0) {
        return false;
      }
      at = end;
    }
    return true;
  }

  /** The first byte in a part of what was read that another window has differently; else -1. */
  int mismatch(SourceWindow other, int from, int to) {
    int at = buffer.limit(to).position(from).mismatch(other.buffer.limit(to).position(from));
    return at < 0 ? -1 : from + at;
  }
}
