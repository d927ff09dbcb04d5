package io.github.qcow2tostdout.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/**
 * Reads a stream into a temporary file that has no name. Blocks of zeroes become holes there, so it
 * takes no more space than the stream has data.
 */
public final class Spool {
  /** Read at a time, a multiple of a block. */
  private static final int BUFFER_SIZE = 256 << 10;

  /** How long to wait for a stream that has nothing, because it does not block: 0.5 ms. */
  private static final long PAUSE_NANOS = 500_000;

  private final String name;
  private final ReadableByteChannel in;
  private final Path directory;
  private final LongConsumer progress;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_SIZE);
  private final ByteBuffer zeroes = ByteBuffer.allocateDirect(DataBlocks.SMALLEST);
  private final DataBlocks blocks = new DataBlocks();
  private long position;
  private boolean ended;

  /**
   * @param name the stream's, for messages
   * @param in blocking or not
   * @param directory where the temporary file is made
   * @param progress is told how many bytes of the stream have been read
   */
  public Spool(String name, ReadableByteChannel in, Path directory, LongConsumer progress) {
    this.name = name;
    this.in = in;
    this.directory = directory;
    this.progress = progress;
  }

  /** How many bytes of the stream have been read. */
  public long position() {
    return position;
  }

  /** Reads bytes that nobody wants; fewer only if the stream ends. */
  public void skip(long count) throws IOException {
    for (long left = count; left > 0 && !ended; ) {
      buffer.clear().limit((int) Math.min(left, buffer.capacity()));
      left -= fill();
    }
  }

  /**
   * Reads bytes and keeps them; fewer only if the stream ends.
   *
   * @throws FileSystemException if the stream can't be read, or the directory has no room for it
   */
  public Source keep(long count) throws IOException {
    SpoolFile file = SpoolFile.in(directory);
    try {
      long kept = 0;
      while (kept < count && !ended) {
        buffer.clear().limit((int) Math.min(count - kept, buffer.capacity()));
        int bytes = fill();
        store(file, kept, bytes);
        kept += bytes;
      }
      extend(file, kept);
      return new SpooledSource(name, file, blocks);
    } catch (IOException | RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  /** Reads until the buffer's limit, or the stream's end. */
  private int fill() throws IOException {
    while (buffer.hasRemaining()) {
      int count;
      try {
        count = in.read(buffer);
      } catch (IOException e) {
        throw unreadable(e);
      }
      if (count < 0) {
        ended = true;
        break;
      }
      if (count == 0) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
      position += count;
      progress.accept(position);
    }
    return buffer.position();
  }

  private FileSystemException unreadable(IOException e) {
    String message = Objects.requireNonNullElse(e.getMessage(), e.toString());
    FileSystemException error =
        new FileSystemException(
            name,
            null,
            position == 0 && message.contains("Bad file descriptor")
                ? "is closed, or not open for reading; pipe a disk into it, or redirect it from a"
                    + " file"
                : "can't be read at byte " + position + ": " + message);
    error.initCause(e);
    return error;
  }

  private void store(SpoolFile file, long offset, int bytes) throws IOException {
    for (int from = 0; from < bytes; ) {
      int to = from;
      while (to < bytes && holdsData(to, bytes)) {
        to = Math.min(bytes, to + DataBlocks.SMALLEST);
      }
      if (from < to) {
        write(file, offset + from, buffer.limit(to).position(from));
        blocks.add(offset + from, offset + to);
      }
      from = to + DataBlocks.SMALLEST;
    }
  }

  private boolean holdsData(int from, int bytes) {
    int to = Math.min(bytes, from + DataBlocks.SMALLEST);
    return buffer.limit(to).position(from).mismatch(zeroes.clear().limit(to - from)) >= 0;
  }

  /** Makes the file as long as the stream; the JDK can't do that without writing. */
  private void extend(SpoolFile file, long size) throws IOException {
    if (file.channel().size() < size) {
      write(file, size - 1, zeroes.clear().limit(1));
    }
  }

  private void write(SpoolFile file, long offset, ByteBuffer bytes) throws IOException {
    try {
      for (long at = offset; bytes.hasRemaining(); ) {
        at += file.channel().write(bytes, at);
      }
    } catch (IOException e) {
      throw SpoolFile.refused(
          directory,
          "can't take all of "
              + name
              + ": "
              + Objects.requireNonNullElse(e.getMessage(), e.toString())
              + " after "
              + offset
              + " bytes; make room",
          e);
    }
  }
}
