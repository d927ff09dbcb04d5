package io.github.qcow2tostdout.work;

import io.github.qcow2tostdout.posix.Readiness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/** Writes all of a buffer, also to a channel that does not block. */
public final class FullWrite {
  /** Only what somebody else has opened may be non-blocking, and that is standard output. */
  private static final int STANDARD_OUTPUT = 1;

  private static final int LONGEST_WAIT_MILLIS = 1000;

  /** How long to wait for what can't be waited for: 0.5 ms. */
  private static final long PAUSE_NANOS = 500_000;

  private FullWrite() {}

  /** Writes the rest of a buffer. */
  public static void write(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
    write(channel, bytes, taken -> {});
  }

  /**
   * Writes the rest of a buffer.
   *
   * @param taken is told how many more bytes the channel has, each time that it takes some
   */
  public static void write(WritableByteChannel channel, ByteBuffer bytes, IntConsumer taken)
      throws IOException {
    boolean waited = false;
    while (bytes.hasRemaining()) {
      int count = channel.write(bytes);
      if (count > 0) {
        waited = false;
        taken.accept(count);
      } else {
        // Where the wait is over at once and in vain, it is not this that must be waited for.
        waited = !waited && await(channel);
        if (!waited) {
          LockSupport.parkNanos(PAUSE_NANOS);
        }
      }
    }
  }

  private static boolean await(WritableByteChannel channel) {
    return channel instanceof FileChannel
        && Readiness.awaitWritable(STANDARD_OUTPUT, LONGEST_WAIT_MILLIS);
  }
}
