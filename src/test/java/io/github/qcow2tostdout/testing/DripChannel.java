package io.github.qcow2tostdout.testing;

import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Random;

/** Bytes that come as those of a pipe do: in pieces of any size, and sometimes none. */
public final class DripChannel implements ReadableByteChannel {
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
  public boolean isOpen() {
    return true;
  }

  @Override
  public void close() {}
}
