package io.github.qcow2tostdout.stream;

import io.github.qcow2tostdout.work.Outcomes;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Reads a stream while what came before is used: a thread of its own fills buffers that go round.
 */
final class StreamAhead implements Closeable {
  /** What all buffers take, if there are no more than two. */
  private static final int MEMORY = 2 << 20;

  /** Reads from the stream. */
  @FunctionalInterface
  interface Reads {
    /**
     * Reads once.
     *
     * @return bytes read, negative at the end of the stream
     */
    int read(ByteBuffer to) throws IOException;
  }

  private final Reads reads;

  // A daemon: who has had enough of the stream does not wait for what is still to come.
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
  private final Queue<Future<ByteBuffer>> begun = new ArrayDeque<>();
  private volatile boolean closed;

  /**
   * Begins to read.
   *
   * @param size bytes of a buffer
   */
  StreamAhead(Reads reads, int size) {
    this.reads = reads;
    for (int i = Math.max(2, MEMORY / size); i > 0; i--) {
      begin(ByteBuffer.allocateDirect(size));
    }
  }

  /**
   * The next bytes.
   *
   * @return as many as a buffer holds, fewer only at the end of the stream; to be given back
   * @throws IOException if it can't be read there
   */
  ByteBuffer next() throws IOException {
    return Outcomes.await(begun.remove());
  }

  /** Fills a buffer again that {@link #next} gave. */
  void begin(ByteBuffer buffer) {
    begun.add(thread.submit(() -> fill(buffer.clear())));
  }

  private ByteBuffer fill(ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining() && !closed && reads.read(buffer) >= 0) {
      // Until it is full, so that all clusters in it are whole.
    }
    return buffer.flip();
  }

  /** Ends the thread when it has read what it is reading; it is not waited for. */
  @Override
  public void close() {
    closed = true;
    // Not interrupted: that would close the channel, and somebody may want to read it to its end.
    thread.shutdown();
  }
}
