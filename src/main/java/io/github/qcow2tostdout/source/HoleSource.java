package io.github.qcow2tostdout.source;

import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Optional;

/** A disk that has a size and nothing else: what a new one would be. */
public final class HoleSource implements Source {
  private final String name;
  private final long size;

  public HoleSource(String name, long size) {
    this.name = name;
    this.size = size;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public DataExtents dataExtents() {
    return new ExtentList.Builder().build().walk();
  }

  @Override
  public int read(ByteBuffer buffer, long offset) {
    int count = Math.clamp(size - offset, 0, buffer.remaining());
    Zeroes.put(buffer, count);
    return count;
  }

  @Override
  public long transferTo(long offset, long count, WritableByteChannel target) {
    return 0;
  }

  @Override
  public void willNeed(long offset, long count) {}

  @Override
  public Residency residency(DataExtents extents) {
    return Residency.ALL_CACHED;
  }

  @Override
  public SourceIdentity identity() {
    return new SourceIdentity(size, Optional.empty(), Optional.empty(), Optional.empty());
  }

  @Override
  public void close() {}
}
