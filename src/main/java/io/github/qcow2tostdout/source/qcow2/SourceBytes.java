package io.github.qcow2tostdout.source.qcow2;

import io.github.qcow2tostdout.foreign.ImageBytes;
import io.github.qcow2tostdout.source.Source;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A source to read a header from.
 *
 * @param source stays open
 */
record SourceBytes(Source source) implements ImageBytes {
  @Override
  public long size() {
    return source.size();
  }

  @Override
  public ByteBuffer read(long offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    if (offset < source.size()) {
      source.read(buffer, offset);
    }
    return buffer.clear();
  }
}
