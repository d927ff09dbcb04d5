package io.github.qcow2tostdout.cli.terminal;

import io.github.qcow2tostdout.work.FullWrite;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Optional;

/** Standard output for bytes of which nobody knows beforehand how many there will be. */
public final class OutputBytes extends OutputStream {
  private final WritableByteChannel channel;
  private Optional<IOException> error = Optional.empty();

  public OutputBytes(StandardStreams streams) {
    channel = streams.out();
  }

  /** Why it does not take any more; empty if an error has to do with something else. */
  public Optional<IOException> error() {
    return error;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int count) throws IOException {
    try {
      FullWrite.write(channel, ByteBuffer.wrap(bytes, from, count));
    } catch (IOException e) {
      error = Optional.of(e);
      throw e;
    }
  }
}
