package io.github.qcow2tostdout.api;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;

/** A disk that is read through a channel. */
final class ChannelDisk implements Disk {
  private final SeekableByteChannel channel;
  private final long size;

  ChannelDisk(SeekableByteChannel channel) throws IOException {
    this.channel = channel;
    size = channel.size();
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public int read(ByteBuffer to, long offset) throws IOException {
    if (channel instanceof FileChannel file) {
      return file.read(to, offset);
    }
    synchronized (channel) {
      return channel.position(offset).read(to);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
