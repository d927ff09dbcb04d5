package io.github.qcow2tostdout.stream;

import io.github.qcow2tostdout.image.DecodedClusters;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Lets all go by. */
final class NoFollower implements StreamFollower {
  @Override
  public String purpose() {
    return "";
  }

  @Override
  public long memory() {
    return 0;
  }

  @Override
  public void accept(ByteBuffer bytes, boolean mayBeNamedLater) {}

  @Override
  public void addTable(long offset, ByteBuffer table) {}

  @Override
  public Optional<DecodedClusters> finish() {
    return Optional.empty();
  }

  @Override
  public void close() {}
}
