package io.github.qcow2tostdout.source.nbd;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Optional;

/**
 * Memory for data that is under way: so much and no more, of two sizes. It is set aside when data
 * is asked for, but which memory that is turns out when the data comes: what was used last is used
 * first, because it is still in the processor's cache. Direct, so that a socket writes to it and a
 * pipe reads from it without a copy between.
 */
final class NbdBuffers {
  /** Of a large one; the most that is asked for in one request. */
  static final int LARGE = 256 << 10;

  /** The same of a server that is far: each request is a wait, and servers do only some at once. */
  static final int LARGE_FROM_FAR = 1 << 20;

  private static final int LARGE_COUNT_FROM_FAR = 32;

  /** Of a small one: the first bytes of a cluster have room in it. */
  private static final int SMALL = 16 << 10;

  private Pool large = new Pool(LARGE, NbdWindow.MAX);
  private final Pool small = new Pool(SMALL, 512);

  /** Buffers of one size. */
  private static final class Pool {
    private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();
    private final int size;
    private final int count;
    private int unreserved;

    Pool(int size, int count) {
      this.size = size;
      this.count = count;
      unreserved = count;
    }
  }

  /** Whether data of a size goes into a large one. */
  static boolean isLarge(long size) {
    return size > SMALL;
  }

  private Pool pool(long size) {
    return isLarge(size) ? large : small;
  }

  /** How many large ones are set aside. */
  synchronized int large() {
    return large.count - large.unreserved;
  }

  /** Makes large ones larger, and fewer, if none is in use; returns the size that they have. */
  synchronized int expectDistance() {
    if (large() == 0) {
      large = new Pool(LARGE_FROM_FAR, LARGE_COUNT_FROM_FAR);
    }
    return large.size;
  }

  /** Sets a buffer aside for so many bytes, if there is one. */
  synchronized boolean reserve(long size) {
    if (pool(size).unreserved == 0) {
      return false;
    }
    pool(size).unreserved--;
    return true;
  }

  /** A buffer that was set aside, with so many bytes between position and limit. */
  synchronized ByteBuffer take(int size) {
    Pool pool = pool(size);
    ByteBuffer buffer =
        pool.free.isEmpty() ? ByteBuffer.allocateDirect(pool.size) : pool.free.pop();
    return buffer.clear().limit(size);
  }

  /**
   * Gives up what was set aside.
   *
   * @param taken the buffer, if it came to that
   */
  synchronized void release(long size, Optional<ByteBuffer> taken) {
    pool(size).unreserved++;
    taken.ifPresent(pool(size).free::push);
  }
}
