package io.github.qcow2tostdout.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Map;
import java.util.OptionalLong;

/** A source that is laid over another one, and asks it for everything that it does not change. */
public abstract class ForwardingSource implements Source {
  private final Source below;

  public ForwardingSource(Source below) {
    this.below = below;
  }

  @Override
  public String name() {
    return below.name();
  }

  @Override
  public long size() {
    return below.size();
  }

  @Override
  public long identifiedSize() {
    return below.identifiedSize();
  }

  @Override
  public OptionalLong positionInFile() {
    return below.positionInFile();
  }

  @Override
  public DataExtents dataExtents() throws IOException {
    return below.dataExtents();
  }

  @Override
  public int read(ByteBuffer buffer, long offset) throws IOException {
    return below.read(buffer, offset);
  }

  @Override
  public long transferTo(long offset, long count, WritableByteChannel target) throws IOException {
    return below.transferTo(offset, count, target);
  }

  @Override
  public void willNeed(long offset, long count) {
    below.willNeed(offset, count);
  }

  @Override
  public boolean isFar() throws IOException {
    return below.isFar();
  }

  @Override
  public Residency residency(DataExtents extents) throws IOException {
    return below.residency(extents);
  }

  @Override
  public SourceIdentity identity() throws IOException {
    return below.identity();
  }

  @Override
  public Map<String, SourceIdentity> others() throws IOException {
    return below.others();
  }

  @Override
  public void close() throws IOException {
    below.close();
  }
}
