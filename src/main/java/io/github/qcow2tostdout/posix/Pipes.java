package io.github.qcow2tostdout.posix;

import io.github.qcow2tostdout.posix.SystemCalls.Function;

/** What can be done to a pipe. */
public final class Pipes {
  private static final int F_SETPIPE_SZ = 1031;
  private static final int F_GETPIPE_SZ = 1032;

  private Pipes() {}

  /**
   * Makes a pipe as large as it may become. A larger pipe means fewer wake-ups of the other side:
   * three times the throughput at 1 MiB, against 64 KiB.
   *
   * @param descriptor either end of a pipe; anything else is left alone
   * @param largest bytes, a power of two; smaller ones are tried where that is not allowed
   * @return bytes that the pipe can hold now; -1 if it is no pipe
   */
  public static int enlarge(int descriptor, int largest) {
    int present = SystemCalls.call(Function.FCNTL, descriptor, F_GETPIPE_SZ, 0).intResult();
    // Never smaller: somebody may have made it larger than we may.
    for (int size = largest; present > 0 && size > present; size /= 2) {
      int granted = SystemCalls.call(Function.FCNTL, descriptor, F_SETPIPE_SZ, size).intResult();
      if (granted > 0) {
        return granted;
      }
    }
    return present;
  }
}
