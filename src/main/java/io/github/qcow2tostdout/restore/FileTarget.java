package io.github.qcow2tostdout.restore;

import io.github.qcow2tostdout.source.Source;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A sparse file. It is written beside its name, and gets that when it is whole and on the disk: so
 * there is a whole one or none, whatever happens meanwhile.
 */
public final class FileTarget implements Target {
  private final String name;
  private final PartialFile partial;
  private final RandomAccessFile file;
  private final FileChannel channel;

  private FileTarget(String name, PartialFile partial, RandomAccessFile file) {
    this.name = name;
    this.partial = partial;
    this.file = file;
    channel = file.getChannel();
  }

  /**
   * Makes one.
   *
   * @param partial where it is until it is whole; discarded with this unless it is committed
   * @param size bytes of the disk
   */
  public static FileTarget create(Path path, PartialFile partial, long size) throws IOException {
    String name = path.toString();
    try {
      partial.create();
      RandomAccessFile file = new RandomAccessFile(partial.path().toFile(), "rw");
      try {
        file.setLength(size);
        return new FileTarget(name, partial, file);
      } catch (IOException e) {
        file.close();
        throw e;
      }
    } catch (IOException e) {
      partial.discard();
      throw failed(name, "can't be made with " + size + " bytes", e);
    }
  }

  private static FileSystemException failed(String name, String what, IOException e) {
    String reason =
        switch (e) {
          case AccessDeniedException denied -> "permission denied";
          case NoSuchFileException missing -> "no such directory";
          case FileSystemException file when file.getReason() != null -> file.getReason();
          default -> String.valueOf(e.getMessage());
        };
    FileSystemException error = new FileSystemException(name, null, what + ": " + reason);
    error.initCause(e);
    return error;
  }

  @Override
  public boolean isSequential() {
    return false;
  }

  @Override
  public void write(ByteBuffer bytes, long offset) throws IOException {
    long at = offset;
    try {
      while (bytes.hasRemaining()) {
        at += channel.write(bytes, at);
      }
    } catch (IOException e) {
      throw failed(name, "can't be written at byte " + at, e);
    }
  }

  @Override
  public long transfer(Source source, long offset, long count) throws IOException {
    try {
      channel.position(offset);
      return source.transferTo(offset, count, channel);
    } catch (IOException e) {
      // Who reads and writes instead finds out which of them it was.
      return 0;
    }
  }

  @Override
  public void zero(long offset, long length) {
    // It was made of a hole, and nothing is written twice.
  }

  @Override
  public void readBack(ByteBuffer buffer, long offset) throws IOException {
    readBack(name, channel, buffer, offset);
  }

  /** Reads from a channel to the end of a buffer. */
  static void readBack(String name, FileChannel channel, ByteBuffer buffer, long offset)
      throws IOException {
    long start = offset - buffer.position();
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, start + buffer.position()) < 0) {
        throw new FileSystemException(
            name, null, "ends at byte " + (start + buffer.position()) + " all of a sudden");
      }
    }
  }

  @Override
  public void commit() throws IOException {
    try {
      channel.force(true);
      partial.commit();
    } catch (IOException e) {
      throw failed(name, "can't be kept", e);
    }
  }

  @Override
  public void close() throws IOException {
    partial.discard();
    file.close();
  }
}
