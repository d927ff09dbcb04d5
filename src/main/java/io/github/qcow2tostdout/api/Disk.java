package io.github.qcow2tostdout.api;

import io.github.qcow2tostdout.source.FileSource;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;

/**
 * A raw disk to read: a file, the disk in an image, or whatever implements this. Its methods may be
 * called by several threads at once.
 *
 * <p>Who has opened a disk closes it; nothing of this package closes a disk that it was given,
 * except a {@link #channel()}.
 *
 * {@snippet file="io/github/qcow2tostdout/api/LibraryExamples.java" region="disk"}
 */
public interface Disk extends Closeable {
  /**
   * Opens a regular file or a block device as a disk.
   *
   * @throws IOException if it is missing, not readable, or something else
   */
  static Disk open(Path path) throws IOException {
    return Failures.translated(() -> new SourceDisk(FileSource.open(path, true)));
  }

  /**
   * A disk that is read through a channel. It is closed with the disk, and its position is nobody
   * else's to move meanwhile.
   *
   * @throws IOException if the channel can't tell its size
   */
  static Disk of(SeekableByteChannel channel) throws IOException {
    return new ChannelDisk(channel);
  }

  /** What messages call it. */
  default String name() {
    return "disk";
  }

  /** Bytes of the disk; the same each time. */
  long size();

  /**
   * Reads at an offset below the size.
   *
   * @param to is filled from its position on, as far as this likes, but by one byte at least
   * @return bytes read; -1 if there are none, because the disk has become shorter
   * @throws IOException if it can't be read
   */
  int read(ByteBuffer to, long offset) throws IOException;

  /**
   * The first byte at or behind an offset that may be something else than zero. To say where there
   * is nothing but zeroes saves that they are read.
   *
   * @return its offset, or the size if there is none
   */
  default long nextData(long offset) throws IOException {
    return Math.min(offset, size());
  }

  /**
   * The first byte behind an offset from which on {@link #nextData} would skip something; of the
   * offset itself it has said that there may be data.
   *
   * @return its offset, or the size if there is none
   */
  default long nextHole(long offset) throws IOException {
    return size();
  }

  /**
   * The disk as a channel that can't be written to, at its beginning. Each has a position of its
   * own. To close the channel closes the disk.
   */
  default SeekableByteChannel channel() {
    return new DiskChannel(this);
  }

  @Override
  default void close() throws IOException {}
}
