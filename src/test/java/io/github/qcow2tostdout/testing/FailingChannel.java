package io.github.qcow2tostdout.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;

/**
 * A channel that neither gives nor takes a byte.
 *
 * @param message the system's
 */
public record FailingChannel(String message) implements ByteChannel {
  @Override
  public int read(ByteBuffer to) throws IOException {
    throw new IOException(message);
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    throw new IOException(message);
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public void close() {}
}
