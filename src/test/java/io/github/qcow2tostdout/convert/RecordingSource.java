package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.source.DataExtents;
import io.github.qcow2tostdout.source.SourceIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Collections;
import java.util.List;

/** A disk in memory that notes what is asked of it, each as {@code what offset+count}. */
public class RecordingSource extends MemorySource {
  private final List<String> log;

  /**
   * @param log may be shared with a {@link RecordingChannel}
   */
  public RecordingSource(long size, List<String> log) {
    super(size);
    this.log = Collections.synchronizedList(log);
  }

  @Override
  public DataExtents dataExtents() throws IOException {
    log.add("extents");
    return super.dataExtents();
  }

  @Override
  public int read(ByteBuffer buffer, long offset) throws IOException {
    log.add("read " + offset + "+" + buffer.remaining());
    return super.read(buffer, offset);
  }

  /** Is not noted as a write, and does not copy: takes all bytes at once. */
  @Override
  public long transferTo(long offset, long count, WritableByteChannel target) throws IOException {
    log.add("transfer " + offset + "+" + count);
    ((RecordingChannel) target).skip(count);
    return count;
  }

  @Override
  public void willNeed(long offset, long count) {
    log.add("advice " + offset + "+" + count);
  }

  @Override
  public SourceIdentity identity() throws IOException {
    log.add("identity");
    return super.identity();
  }
}
