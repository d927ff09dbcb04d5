package io.github.qcow2tostdout.restore;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Puts the bytes of a disk to their places as they come. */
final class Placed implements DiskBytes {
  private final ZeroSkip zeroes;

  Placed(DiskTarget target) {
    zeroes = new ZeroSkip(target);
  }

  @Override
  public void data(ByteBuffer bytes, long guestOffset) throws IOException {
    zeroes.write(bytes, guestOffset);
  }

  @Override
  public void tableHasCome(long l2TablesUpTo) {}

  @Override
  public void finish() {}
}
