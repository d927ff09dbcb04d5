package io.github.qcow2tostdout.work;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits for a channel that moves nothing because it does not block, as a pipe whose other end was
 * made so. It waits twice as long each time, so that about half of the time is lost at most, and
 * hardly any of the processor's; to ask the system (poll) would cost its first call 20 ms.
 */
public final class Patience {
  private static final long SHORTEST_NANOS = 50_000;
  private static final long LONGEST_NANOS = 5_000_000;

  private long nanos = SHORTEST_NANOS;

  /** Nothing has moved: waits. */
  public void await() {
    LockSupport.parkNanos(nanos);
    nanos = Math.min(2 * nanos, LONGEST_NANOS);
  }

  /** Something has moved. */
  public void moved() {
    nanos = SHORTEST_NANOS;
  }

  /** Writes the rest of a buffer, to a channel that may not block. */
  public static void writeFully(WritableByteChannel channel, ByteBuffer buffer)
      throws IOException {
    Patience patience = new Patience();
    while (buffer.hasRemaining()) {
      if (channel.write(buffer) > 0) {
        patience.moved();
      } else {
        patience.await();
      }
    }
  }
}
