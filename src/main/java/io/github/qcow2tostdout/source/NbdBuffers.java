package io.github.qcow2tostdout.source;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Optional;

/**
 * Memory for data that is under way: so much and no more, of two sizes, made when it is first
 * needed. Direct, so that a socket writes to it and a pipe reads from it without a copy between.
 */
final class NbdBuffers {
  /** Of a large one; the most that is asked for in one request. */
  static final int LARGE = 256 << 10;

  /** Of a small one: the first bytes of a cluster have room in it. */
  private static final int SMALL = 16 << 10;

  private final Pool large = new Pool(LARGE, 64);
  private final Pool small = new Pool(SMALL, 512);

  /** Buffers of one size. */
  private static final class Pool {
    private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();
    private final int size;
    private int unmade;

    Pool(int size, int count) {
      this.size = size;
      this.unmade = count;
    }

    Optional<ByteBuffer> take() {
      if (!free.isEmpty()) {
        return Optional.of(free.pop());
      }
      if (unmade == 0) {
        return Optional.empty();
      }
      unmade--;
      return Optional.of(ByteBuffer.allocateDirect(size));
    }
  }

  /** Whether two sizes go into buffers of the same size. */
  static boolean isSamePool(long one, long other) {
    return (one <= SMALL) == (other <= SMALL);
  }

  /** A buffer with so many bytes between position and limit, if there is one. */
  Optional<ByteBuffer> take(int size) {
    return (size <= SMALL ? small : large).take().map(buffer -> buffer.clear().limit(size));
  }

  /** Gives one back. */
  void release(ByteBuffer buffer) {
    (buffer.capacity() == SMALL ? small : large).free.push(buffer);
  }
}
