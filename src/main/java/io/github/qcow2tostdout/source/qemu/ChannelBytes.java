package io.github.qcow2tostdout.source.qemu;

import io.github.qcow2tostdout.foreign.ImageBytes;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file to read a header from. */
final class ChannelBytes implements ImageBytes, Closeable {
  private final FileChannel channel;
  private final long size;

  private ChannelBytes(FileChannel channel) throws IOException {
    this.channel = channel;
    size = channel.size();
  }

  /**
   * Opens one.
   *
   * @param path of a regular file or a block device
   */
  static ChannelBytes open(Path path) throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      return new ChannelBytes(channel);
    } catch (IOException | RuntimeException | Error e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public ByteBuffer read(long offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining() && offset < size - buffer.position()) {
      if (channel.read(buffer, offset + buffer.position()) < 0) {
        break;
      }
    }
    return buffer.clear();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
