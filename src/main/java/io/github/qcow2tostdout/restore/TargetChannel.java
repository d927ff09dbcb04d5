package io.github.qcow2tostdout.restore;

import io.github.qcow2tostdout.source.FileOutput;
import io.github.qcow2tostdout.source.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;

/**
 * What a file and a device have in common: bytes are put to a place, and read back from there.
 *
 * @param name for messages
 */
record TargetChannel(String name, FileChannel channel) {
  /** Writes the rest of a buffer at an offset. */
  void write(ByteBuffer bytes, long offset) throws IOException {
    long at = offset;
    int end = bytes.limit();
    try {
      while (bytes.position() < end) {
        bytes.limit(Math.min(end, bytes.position() + FileOutput.MAX_WRITE));
        at += channel.write(bytes, at);
      }
    } catch (IOException e) {
      throw failed("can't be written at byte " + at, String.valueOf(e.getMessage()), e);
    }
  }

  /** As {@link DiskTarget#transfer}. */
  long transfer(Source source, long offset, long count) {
    try {
      channel.position(offset);
      return source.transferTo(offset, count, channel);
    } catch (IOException e) {
      // Who reads and writes instead finds out which of them it was.
      return 0;
    }
  }

  /** Reads to the end of a buffer. */
  void readBack(ByteBuffer buffer, long offset) throws IOException {
    long start = offset - buffer.position();
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, start + buffer.position()) < 0) {
        throw new FileSystemException(
            name, null, "ends at byte " + (start + buffer.position()) + " all of a sudden");
      }
    }
  }

  /** What went wrong, and why. */
  FileSystemException failed(String what, String reason, IOException e) {
    return failed(name, what, reason, e);
  }

  /** The same for what has no channel yet. */
  static FileSystemException failed(String name, String what, String reason, IOException e) {
    FileSystemException error = new FileSystemException(name, null, what + ": " + reason);
    error.initCause(e);
    return error;
  }
}
