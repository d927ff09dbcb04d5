package io.github.qcow2tostdout.stream;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.FileSystemException;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/** A stream of unknown length that can be read and skipped, and never goes back. */
final class ForwardStream implements Closeable {
  /** The most that is read at once; a larger read costs no less than several. */
  private static final int BUFFER = 2 << 20;

  /**
   * What is read for what is taken, so that it is in the processor's cache when it is; and the
   * buffer until that has come, because small images are many.
   */
  private static final int TAKEN = 256 << 10;

  /** From here on a thread that reads ahead pays. */
  private static final long MUCH = 8 << 20;

  private static final long WAIT_NANOS = 1_000_000;

  /** Is given all that goes by. */
  @FunctionalInterface
  interface Listener {
    /** The next bytes. */
    void accept(ByteBuffer bytes) throws IOException;
  }

  private final String name;
  private final ReadableByteChannel in;
  private final LongConsumer arrivals;
  private ByteBuffer buffer = ByteBuffer.allocateDirect(TAKEN).limit(0);
  private Optional<StreamAhead> ahead = Optional.empty();
  private Listener listener = bytes -> {};
  private long position;
  private long received;
  private boolean ended;

  /** Bytes that were read, by this thread or by the one that reads ahead. */
  private long read;

  /**
   * A stream that starts here.
   *
   * @param arrivals is told after each read how many bytes have come, taken or not
   */
  ForwardStream(String name, ReadableByteChannel in, LongConsumer arrivals) {
    this.name = name;
    this.in = in;
    this.arrivals = arrivals;
  }

  /** From here on somebody is given all that is taken or skipped, at most 2 MiB at a time. */
  void listen(Listener to) {
    listener = to;
  }

  /** Bytes that were taken or skipped. */
  long position() {
    return position;
  }

  /**
   * Takes bytes.
   *
   * @param length at most 2 MiB; behind {@link #stepTo} a cluster
   * @return big-endian, good until the next call; shorter only if the stream has ended
   */
  ByteBuffer take(int length) throws IOException {
    int start = have(length);
    int taken = Math.min(length, buffer.remaining());
    buffer.position(start + taken);
    position += taken;
    ByteBuffer bytes = buffer.slice(start, taken);
    listener.accept(bytes.duplicate());
    return bytes;
  }

  /** Reads until so many bytes are there, or the stream has ended; where they begin. */
  private int have(int length) throws IOException {
    if (ahead.isPresent()) {
      // A buffer holds whole clusters, and is taken in such.
      if (!buffer.hasRemaining()) {
        refill();
      }
      return buffer.position();
    }
    growFor(length);
    if (!buffer.hasRemaining()) {
      // The front of it is in the processor's cache.
      buffer.position(0).limit(0);
    } else if (buffer.capacity() - buffer.position() < length) {
      buffer.compact().flip();
    }
    int start = buffer.position();
    while (buffer.limit() - start < length && !ended) {
      buffer
          .position(buffer.limit())
          .limit(Math.min(buffer.capacity(), start + Math.max(length, TAKEN)));
      fill();
      buffer.limit(buffer.position()).position(start);
    }
    return start;
  }

  /** Reads what comes next when all that came was taken. */
  private void refill() throws IOException {
    if (ended) {
      return;
    }
    if (ahead.isEmpty()) {
      growFor(received < TAKEN ? 0 : BUFFER);
      buffer.clear();
      fill();
      buffer.flip();
      return;
    }
    ahead.get().begin(buffer);
    goOn(ahead.get());
  }

  private void goOn(StreamAhead from) throws IOException {
    buffer = from.next();
    came(buffer.hasRemaining() ? buffer.remaining() : -1);
  }

  /**
   * Goes on to a place.
   *
   * @return whether the stream gets there; if not, it has ended
   */
  boolean skipTo(long target) throws IOException {
    while (position < target) {
      if (!buffer.hasRemaining()) {
        if (ended) {
          return false;
        }
        refill();
      }
      int skipped = (int) Math.min(buffer.remaining(), target - position);
      listener.accept(buffer.slice(buffer.position(), skipped));
      buffer.position(buffer.position() + skipped);
      position += skipped;
    }
    return true;
  }

  /**
   * As {@link #skipTo}, but in steps of which each is of whole clusters, unless the stream ends. Of
   * a long stream what comes next is read meanwhile.
   *
   * @param step bytes, at most 2 MiB; as much as a cluster, or several
   */
  boolean stepTo(long target, int step) throws IOException {
    while (position < target) {
      if (ahead.isEmpty() && received >= MUCH && !buffer.hasRemaining() && !ended) {
        ahead = Optional.of(new StreamAhead(this::read, step));
        goOn(ahead.get());
      }
      int length = (int) Math.min(step, target - position);
      if (ahead.isPresent() && buffer.hasRemaining()) {
        length = Math.min(length, buffer.remaining());
      }
      int taken = take(length).remaining();
      if (taken < length && (ahead.isEmpty() || taken == 0)) {
        return false;
      }
    }
    return true;
  }

  private void growFor(int length) {
    if (length > buffer.capacity()) {
      buffer = ByteBuffer.allocateDirect(BUFFER).put(buffer).flip();
    }
  }

  private void fill() throws IOException {
    came(read(buffer));
  }

  private void came(int count) {
    ended = count < 0;
    received += Math.max(0, count);
    arrivals.accept(received);
  }

  private int read(ByteBuffer to) throws IOException {
    try {
      int count = in.read(to);
      read += Math.max(0, count);
      if (count == 0) {
        // A pipe may have been made non-blocking by whoever holds its other end.
        LockSupport.parkNanos(WAIT_NANOS);
      }
      return count;
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) {
      throw (IOException)
          new FileSystemException(
                  name, null, "can't be read behind byte " + read + ": " + e.getMessage())
              .initCause(e);
    }
  }

  @Override
  public void close() {
    ahead.ifPresent(StreamAhead::close);
  }
}
