package io.github.qcow2tostdout.source;

import io.github.qcow2tostdout.posix.FileCopies;
import io.github.qcow2tostdout.posix.FileDescription;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;

/**
 * A regular file that is written at the position of its channel, and how data of another file gets
 * into it: shared, where the file system can; by its server, where it has one; else out of the page
 * cache, which is a copy less than to read it, and takes less work than what the kernel does for
 * {@code copy_file_range}, page by page.
 */
public final class FileOutput implements WritableByteChannel {
  /** Below that a mapping costs more than a read. */
  private static final int MIN_MAPPED = 128 << 10;

  /**
   * Larger writes get larger pages from the kernel, which are seldom at hand: with 1 MiB and more
   * the same file took twice the processor time.
   */
  public static final int MAX_WRITE = 256 << 10;

  /** What is mapped at a time. */
  private static final int MAX_MAPPED = 8 << 20;

  private final FileChannel channel;
  private final int descriptor;
  private FileCopies.Place place = new FileCopies.Place(false, 0);
  private boolean sharing = true;
  private boolean shared;

  /**
   * @param descriptor of the channel
   */
  public FileOutput(FileChannel channel, int descriptor) {
    this.channel = channel;
    this.descriptor = descriptor;
  }

  FileChannel channel() {
    return channel;
  }

  /**
   * Takes bytes of another file.
   *
   * @param from the file
   * @param description of the same
   * @return bytes taken; 0 if there is no better way than to read and to write
   */
  long take(FileChannel from, FileDescription description, long offset, long count)
      throws IOException {
    if (place.blockSize() == 0) {
      place = FileCopies.place(descriptor);
    }
    long taken = share(description, offset, count);
    if (taken > 0) {
      return taken;
    }
    if (place.hasServer()) {
      return from.transferTo(offset, count, channel);
    }
    return count < MIN_MAPPED
        ? 0
        : FileCopies.copy(from, offset, (int) Math.min(count, MAX_MAPPED), this);
  }

  private long share(FileDescription description, long offset, long count) throws IOException {
    long whole = count / place.blockSize() * place.blockSize();
    if (!sharing || whole == 0) {
      return 0;
    }
    long position = channel.position();
    if (description.share(offset, whole, descriptor, position)) {
      shared = true;
      channel.position(position + whole);
      return whole;
    }
    // Where it never worked it never will; of others some are at places where blocks don't meet.
    sharing = shared;
    return 0;
  }

  /** An error behind bytes that are written comes again with the next call. */
  @Override
  public int write(ByteBuffer bytes) throws IOException {
    int start = bytes.position();
    int end = bytes.limit();
    try {
      while (bytes.position() < end) {
        channel.write(bytes.limit(Math.min(end, bytes.position() + MAX_WRITE)));
      }
    } catch (IOException e) {
      if (bytes.position() == start) {
        throw e;
      }
    } finally {
      bytes.limit(end);
    }
    return bytes.position() - start;
  }

  @Override
  public boolean isOpen() {
    return channel.isOpen();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
