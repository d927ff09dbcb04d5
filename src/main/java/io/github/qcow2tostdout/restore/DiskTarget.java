package io.github.qcow2tostdout.restore;

import io.github.qcow2tostdout.source.Source;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Where the bytes of a disk go. Each byte of the disk is written once, or made zero once. For one
 * thread.
 */
public interface DiskTarget extends Closeable {
  /** Whether the bytes have to come in the order of the disk. */
  boolean isSequential();

  /** Writes the rest of a buffer at an offset of the disk. */
  void write(ByteBuffer bytes, long offset) throws IOException;

  /**
   * Has a source hand over bytes of the disk, which are at the same offset there.
   *
   * @return bytes that were taken; 0 if this way is not open, and {@link #write} is to be used
   */
  long transfer(Source source, long offset, long count) throws IOException;

  /** Sees to it that a range of the disk reads as zeroes. */
  void zero(long offset, long length) throws IOException;

  /**
   * Reads back what was written, to the end of a buffer.
   *
   * @throws UnsupportedOperationException if it is {@link #isSequential}
   */
  void readBack(ByteBuffer buffer, long offset) throws IOException;

  /** All of the disk was written, and is right: keeps it, and returns when it is on the disk. */
  void commit() throws IOException;

  /** What was not committed is discarded as far as that can be done. */
  @Override
  void close() throws IOException;
}
