package io.github.qcow2tostdout.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Random;

/**
 * Bytes that come as those of a pipe do: in pieces of any size, and sometimes none. What a pipe
 * can't do is refused.
 */
public final class DripChannel extends FileChannel {
  private final ByteBuffer bytes;
  private final Random random;

  /** All of an array, in pieces that a seed decides. */
  public DripChannel(byte[] bytes, long seed) {
    this.bytes = ByteBuffer.wrap(bytes);
    random = new Random(seed);
  }

  /** Bytes that were not read yet. */
  public int remaining() {
    return bytes.remaining();
  }

  @Override
  public int read(ByteBuffer to) {
    if (!bytes.hasRemaining()) {
      return -1;
    }
    int most = random.nextInt(100) == 0 ? 0 : 1 + random.nextInt(1 << random.nextInt(20));
    int count = Math.min(most, Math.min(bytes.remaining(), to.remaining()));
    to.put(bytes.slice(bytes.position(), count));
    bytes.position(bytes.position() + count);
    return count;
  }

  @Override
  protected void implCloseChannel() {}

  @Override
  public long read(ByteBuffer[] to, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int write(ByteBuffer from) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long write(ByteBuffer[] from, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long position() throws IOException {
    throw new IOException("Illegal seek");
  }

  @Override
  public FileChannel position(long newPosition) throws IOException {
    throw new IOException("Illegal seek");
  }

  @Override
  public long size() {
    return 0;
  }

  @Override
  public FileChannel truncate(long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void force(boolean metaData) {}

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferFrom(ReadableByteChannel from, long position, long count) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int read(ByteBuffer to, long position) throws IOException {
    throw new IOException("Illegal seek");
  }

  @Override
  public int write(ByteBuffer from, long position) {
    throw new UnsupportedOperationException();
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long position, long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileLock lock(long position, long size, boolean shared) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) {
    throw new UnsupportedOperationException();
  }
}
