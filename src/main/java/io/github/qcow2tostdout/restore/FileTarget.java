package io.github.qcow2tostdout.restore;

import io.github.qcow2tostdout.source.Source;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A sparse file. It is written beside its name, and gets that when it is whole and on the disk: so
 * there is a whole one or none, whatever happens meanwhile.
 */
public final class FileTarget implements DiskTarget {
  private final String name;
  private final PartialFile partial;
  private final RandomAccessFile file;
  private final TargetChannel channel;

  private FileTarget(String name, PartialFile partial, RandomAccessFile file) {
    this.name = name;
    this.partial = partial;
    this.file = file;
    channel = new TargetChannel(name, file.getChannel());
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
      partial.create(size);
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
    return TargetChannel.failed(name, what, reason, e);
  }

  @Override
  public boolean isSequential() {
    return false;
  }

  @Override
  public void write(ByteBuffer bytes, long offset) throws IOException {
    channel.write(bytes, offset);
  }

  @Override
  public long transfer(Source source, long offset, long count) {
    return channel.transfer(source, offset, count);
  }

  @Override
  public void zero(long offset, long length) {
    // It was made of a hole, and nothing is written twice.
  }

  @Override
  public void readBack(ByteBuffer buffer, long offset) throws IOException {
    channel.readBack(buffer, offset);
  }

  @Override
  public void commit() throws IOException {
    try {
      channel.channel().force(true);
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
