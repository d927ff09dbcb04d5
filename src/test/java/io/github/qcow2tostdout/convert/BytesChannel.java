package io.github.qcow2tostdout.convert;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** A channel that keeps its bytes. */
public class BytesChannel implements WritableByteChannel {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  @Override
  public int write(ByteBuffer buffer) throws IOException {
    byte[] taken = new byte[buffer.remaining()];
    buffer.get(taken);
    bytes.writeBytes(taken);
    return taken.length;
  }

  public byte[] bytes() {
    return bytes.toByteArray();
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public void close() {}
}
