package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.codec.OrderedDigests;
import io.github.qcow2tostdout.convert.SequentialOutput;
import io.github.qcow2tostdout.restore.DiskTarget;
import io.github.qcow2tostdout.source.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Standard output as what a disk is restored to: all of its bytes, zeroes too. */
final class OutputTarget implements DiskTarget {
  /** As many zeroes as stay in the processor's cache. */
  private static final int ZEROES = 256 << 10;

  private final SequentialOutput output;
  private final Optional<OrderedDigests> digests;
  private final ByteBuffer zeroes = ByteBuffer.allocateDirect(ZEROES);

  /**
   * A target.
   *
   * @param digests of the bytes of the disk, if they are wanted
   */
  OutputTarget(SequentialOutput output, Optional<OrderedDigests> digests) {
    this.output = output;
    this.digests = digests;
  }

  @Override
  public boolean isSequential() {
    return true;
  }

  @Override
  public void write(ByteBuffer bytes, long offset) throws IOException {
    require(offset);
    if (digests.isPresent()) {
      digests.get().update(bytes);
    }
    output.write(bytes);
  }

  private void require(long offset) {
    if (offset != output.written()) {
      throw new IllegalStateException(offset + " is to be written after " + output.written());
    }
  }

  @Override
  public long transfer(Source source, long offset, long count) {
    require(offset);
    long most = Math.min(count, output.transferable());
    return digests.isPresent() || most == 0 ? 0 : output.transfer(source, offset, most);
  }

  @Override
  public void zero(long offset, long length) throws IOException {
    require(offset);
    if (digests.isPresent()) {
      digests.get().zeroes(length);
    }
    for (long left = length; left > 0; left -= ZEROES) {
      output.write(zeroes.clear().limit((int) Math.min(ZEROES, left)));
    }
  }

  @Override
  public void readBack(ByteBuffer buffer, long offset) {
    throw new UnsupportedOperationException("what was written to standard output is gone");
  }

  @Override
  public void commit() {
    output.finish();
  }

  @Override
  public void close() {}
}
