package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.cli.terminal.StandardOutput;
import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import io.github.qcow2tostdout.restore.DiskTarget;
import io.github.qcow2tostdout.source.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.util.Optional;

/** Standard output that is a file, and ends where it is written: what is not written is a hole. */
final class SparseOutput implements DiskTarget {
  private final FileChannel channel;
  private final long beginning;
  private final long size;

  private SparseOutput(FileChannel channel, long beginning, long size) {
    this.channel = channel;
    this.beginning = beginning;
    this.size = size;
  }

  /** One for so many bytes; empty if they have to be written one after the other. */
  static Optional<SparseOutput> of(StandardStreams streams, long size) throws IOException {
    if (!(streams.out() instanceof FileChannel file) || !StandardOutput.takesHoles()) {
      return Optional.empty();
    }
    long beginning = file.position();
    return beginning == file.size()
        ? Optional.of(new SparseOutput(file, beginning, size))
        : Optional.empty();
  }

  @Override
  public boolean isSequential() {
    return false;
  }

  @Override
  public void write(ByteBuffer bytes, long offset) throws IOException {
    long at = beginning + offset;
    try {
      while (bytes.hasRemaining()) {
        at += channel.write(bytes, at);
      }
    } catch (IOException e) {
      FileSystemException error =
          new FileSystemException(
              "standard output", null, e.getMessage() + "; the image is cut short: discard it");
      error.initCause(e);
      throw error;
    }
  }

  @Override
  public long transfer(Source source, long offset, long count) {
    return 0;
  }

  @Override
  public void zero(long offset, long length) {
    // It is a hole already.
  }

  @Override
  public void readBack(ByteBuffer buffer, long offset) {
    throw new UnsupportedOperationException("standard output is not open for reading");
  }

  @Override
  public void commit() throws IOException {
    if (channel.size() < beginning + size) {
      write(ByteBuffer.allocate(1), size - 1);
    }
    // Where others go on who have the same descriptor.
    channel.position(beginning + size);
  }

  @Override
  public void close() {}
}
