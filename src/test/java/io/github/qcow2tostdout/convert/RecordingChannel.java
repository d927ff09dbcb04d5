package io.github.qcow2tostdout.convert;

import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/** A channel that notes the writes it takes, as {@code write offset+count}, and not their bytes. */
final class RecordingChannel implements WritableByteChannel {
  private final List<String> log;
  private long position;

  /**
   * @param log may be shared with a {@link RecordingSource}
   */
  RecordingChannel(List<String> log) {
    this.log = log;
  }

  @Override
  public int write(ByteBuffer buffer) {
    int count = buffer.remaining();
    log.add("write " + position + "+" + count);
    buffer.position(buffer.limit());
    position += count;
    return count;
  }

  /** Takes bytes that did not come by a write. */
  void skip(long count) {
    position += count;
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public void close() {}
}
