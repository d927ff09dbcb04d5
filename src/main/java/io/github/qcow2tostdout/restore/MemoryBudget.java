package io.github.qcow2tostdout.restore;

import io.github.qcow2tostdout.format.ImageException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * How much memory may go into what waits, of what the user allows. Buffers outside of the heap are
 * used again, since the VM does not see that they are many.
 */
final class MemoryBudget {
  private static final int LEAST = 4 << 10;

  private final LongSupplier asked;

  /** Negative until it was asked for. */
  private long size = -1;

  private final Map<Integer, Deque<ByteBuffer>> idle = new HashMap<>();
  private long used;

  /**
   * A budget.
   *
   * @param asked says how many bytes it has, when the first are wanted
   */
  MemoryBudget(LongSupplier asked) {
    this.asked = asked;
  }

  /** Bytes in all. */
  long size() {
    if (size < 0) {
      size = asked.getAsLong();
    }
    return size;
  }

  /**
   * What it means that something was not kept.
   *
   * @param offset where that was in the stream
   * @param tableEnd where the table ends that names it
   */
  ImageException tooSmall(String name, long offset, long tableEnd) {
    return new ImageException.NotStreamable(
        name,
        "data at byte "
            + offset
            + " came before the L2 table that names it, which ends at byte "
            + tableEnd
            + ", and was not kept (--cache "
            + size()
            + ")",
        "give a larger --cache, or store the stream in a file and restore that");
  }

  /** Takes some, if there are so many. */
  boolean take(long bytes) {
    if (bytes > size() - used) {
      return false;
    }
    used += bytes;
    return true;
  }

  /** Gives back what was taken. */
  void giveBack(long bytes) {
    used -= bytes;
  }

  /** A buffer of that many bytes, if there is room for it. */
  Optional<ByteBuffer> buffer(int length) {
    int capacity = Math.max(LEAST, Integer.highestOneBit(length - 1) << 1);
    Deque<ByteBuffer> buffers = idle.get(capacity);
    if (buffers != null && !buffers.isEmpty()) {
      return Optional.of(buffers.pop().clear().limit(length));
    }
    return take(capacity)
        ? Optional.of(ByteBuffer.allocateDirect(capacity).limit(length))
        : Optional.empty();
  }

  /** Takes a buffer back. */
  void giveBack(ByteBuffer buffer) {
    idle.computeIfAbsent(buffer.capacity(), capacity -> new ArrayDeque<>()).push(buffer);
  }
}
