package io.github.qcow2tostdout.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.github.qcow2tostdout.posix.SystemCalls.Function;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Waits until a descriptor that does not block can go on. */
public final class Readiness {
  private static final short POLLOUT = 4;

  private Readiness() {}

  /**
   * Waits until a descriptor takes bytes, or has an error to tell to who writes.
   *
   * @param millis the longest wait; a signal may end it earlier
   * @return false where this can't be waited for
   */
  public static boolean awaitWritable(int descriptor, int millis) {
    if (!SystemCalls.AVAILABLE) {
      return false;
    }
    try (Arena arena = Arena.ofConfined()) {
      // struct pollfd { int fd; short events, revents; }
      MemorySegment poll = arena.allocate(8, 4);
      poll.set(JAVA_INT, 0, descriptor);
      poll.set(JAVA_SHORT, 4, POLLOUT);
      SystemCalls.Outcome outcome = SystemCalls.call(Function.POLL, poll.address(), 1, millis);
      return outcome.intResult() >= 0 || outcome.errno() == Errno.EINTR;
    }
  }
}
