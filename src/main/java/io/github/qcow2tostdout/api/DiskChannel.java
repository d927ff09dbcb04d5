package io.github.qcow2tostdout.api;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/** A disk as a channel. */
final class DiskChannel implements SeekableByteChannel {
  private final Disk disk;
  private volatile boolean open = true;
  private long position;

  /**
   * @param disk closed with this
   */
  DiskChannel(Disk disk) {
    this.disk = disk;
  }

  @Override
  public synchronized int read(ByteBuffer to) throws IOException {
    requireOpen();
    if (to.isReadOnly()) {
      throw new IllegalArgumentException("the buffer is read-only");
    }
    if (!to.hasRemaining()) {
      return 0;
    }
    if (position >= disk.size()) {
      return -1;
    }
    int count = disk.read(to, position);
    position += Math.max(0, count);
    return count;
  }

  @Override
  public synchronized long position() throws IOException {
    requireOpen();
    return position;
  }

  @Override
  public synchronized SeekableByteChannel position(long newPosition) throws IOException {
    requireOpen();
    if (newPosition < 0) {
      throw new IllegalArgumentException("position " + newPosition);
    }
    position = newPosition;
    return this;
  }

  @Override
  public long size() throws IOException {
    requireOpen();
    return disk.size();
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    requireOpen();
    throw new NonWritableChannelException();
  }

  @Override
  public SeekableByteChannel truncate(long size) throws IOException {
    requireOpen();
    throw new NonWritableChannelException();
  }

  private void requireOpen() throws ClosedChannelException {
    if (!open) {
      throw new ClosedChannelException();
    }
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() throws IOException {
    open = false;
    disk.close();
  }
}
