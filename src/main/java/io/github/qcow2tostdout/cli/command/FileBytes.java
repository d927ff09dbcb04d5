package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.image.BoundedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** The bytes of a file, one after the other. */
final class FileBytes implements ReadableByteChannel {
  private final BoundedFile file;
  private long position;

  FileBytes(BoundedFile file) {
    this.file = file;
  }

  @Override
  public int read(ByteBuffer to) throws IOException {
    int length = (int) Math.min(to.remaining(), file.size() - position);
    if (length == 0) {
      return -1;
    }
    to.put(file.read(position, length, "image"));
    position += length;
    return length;
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public void close() {}
}
