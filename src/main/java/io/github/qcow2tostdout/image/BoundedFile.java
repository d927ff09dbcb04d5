package io.github.qcow2tostdout.image;

import io.github.qcow2tostdout.format.ImageException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.util.Optional;

/**
 * An image's file. Every read says what it is for, and no read makes a buffer that the file's size
 * does not justify.
 */
public final class BoundedFile implements Closeable {
  /** The most that is read at a time; larger structures are read in parts. */
  public static final int MAX_READ = 2 << 20;

  private final String name;
  private final Bytes bytes;
  private final Closeable closed;
  private final long size;
  private final Optional<DecodedClusters> decoded;
  private final Optional<ImageStarts> starts;
  private final HoleMap holes;

  /** Where the bytes come from. */
  @FunctionalInterface
  public interface Bytes {
    /**
     * Reads some bytes, at least one.
     *
     * @param offset of the first, below the file's size
     * @return how many; negative if there are none, because the file has become shorter
     */
    int read(ByteBuffer to, long offset) throws IOException;
  }

  private BoundedFile(
      String name,
      Bytes bytes,
      Closeable closed,
      long size,
      Optional<DecodedClusters> decoded,
      Optional<ImageStarts> starts,
      Holes holes) {
    this.name = name;
    this.bytes = bytes;
    this.closed = closed;
    this.size = size;
    this.decoded = decoded;
    this.starts = starts;
    this.holes = new HoleMap(holes);
  }

  /** A file that is in memory, or in parts. */
  public static BoundedFile of(String name, Bytes bytes, long size) {
    return new BoundedFile(
        name, bytes, () -> {}, size, Optional.empty(), Optional.empty(), Holes.UNKNOWN);
  }

  /**
   * A file that somebody else opened, and closes.
   *
   * @param name what to call it
   * @param holes of the file; closed with this
   */
  public static BoundedFile of(String name, Bytes bytes, long size, Holes holes) {
    return new BoundedFile(
        name, bytes, holes, size, Optional.empty(), Optional.empty(), holes);
  }

  /**
   * A file that has gone by.
   *
   * @param decoded what came of its compressed clusters, if that was wanted
   * @param starts those of its clusters that begin like an image
   */
  public static BoundedFile ofStream(
      String name, Bytes bytes, long size, Optional<DecodedClusters> decoded, ImageStarts starts) {
    return new BoundedFile(
        name, bytes, () -> {}, size, decoded, Optional.of(starts), Holes.UNKNOWN);
  }

  /**
   * An image that is open already; it stays open.
   *
   * @param name what to call it
   */
  public static BoundedFile of(String name, FileChannel channel) throws IOException {
    return of(name, channel::read, channel.size());
  }

  /**
   * An image that was opened, and is closed with this.
   *
   * @param name what to call it
   * @param holes of the file; closed with it
   */
  public static BoundedFile of(String name, FileChannel channel, Holes holes) throws IOException {
    return new BoundedFile(
        name,
        channel::read,
        () -> {
          holes.close();
          channel.close();
        },
        channel.size(),
        Optional.empty(),
        Optional.empty(),
        holes);
  }

  /** The name that the user gave it. */
  public String name() {
    return name;
  }

  /** Bytes of the file when it was opened. */
  public long size() {
    return size;
  }

  /** What came of its compressed clusters, if they can't be read any more. */
  public Optional<DecodedClusters> decoded() {
    return decoded;
  }

  /** Whether it has gone by, and only what a check of a qcow2 image reads is here. */
  public boolean isStream() {
    return starts.isPresent();
  }

  /** Those of its clusters that begin like an image, if they can't be read any more. */
  public Optional<ImageStarts> starts() {
    return starts;
  }

  /** Whether all of a range lies in the file; false for ranges that overflow. */
  public boolean holds(long offset, long length) {
    return offset >= 0 && length >= 0 && offset <= size && length <= size - offset;
  }

  /** Whether a range is known to be zeroes, and so need not be read. */
  public boolean isHole(long offset, long length) {
    return holes.holds(offset, length);
  }

  /**
   * Reads a range that has to be in the file.
   *
   * @param length at most {@link #MAX_READ}
   * @param what the structure, for the error
   * @return big-endian, from index 0
   * @throws ImageException.Corrupt if the file ends before the range does
   */
  public ByteBuffer read(long offset, int length, String what) throws IOException {
    require(offset, length, what);
    return readPadded(offset, length, what);
  }

  /**
   * Refuses a range that is not in the file.
   *
   * @param what the structure, for the error
   * @throws ImageException.Corrupt if the file ends before the range does
   */
  void require(long offset, int length, String what) throws ImageException {
    if (!holds(offset, length)) {
      throw new ImageException.Corrupt(
          name,
          what
              + " at byte "
              + Long.toUnsignedString(offset)
              + " of "
              + length
              + " bytes goes beyond the end of the file at byte "
              + size,
          "the file is truncated or the offset is wrong; get a whole copy");
    }
  }

  /**
   * Reads a range; what lies behind the end of the file is zero, as it is for QEMU.
   *
   * @param length at most {@link #MAX_READ}
   * @param what the structure, for the error
   * @return big-endian, from index 0
   */
  public ByteBuffer readPadded(long offset, int length, String what) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    readPadded(offset, buffer, what);
    return buffer;
  }

  /** As the other, from index 0 of a buffer that is used again, up to its capacity. */
  public void readPadded(long offset, ByteBuffer buffer, String what) throws IOException {
    if (buffer.capacity() > MAX_READ) {
      throw new IllegalArgumentException(what + " of " + buffer.capacity() + " bytes");
    }
    holes.wasRead(buffer.capacity());
    buffer.clear();
    try {
      while (buffer.hasRemaining() && offset >= 0 && offset < size - buffer.position()) {
        if (bytes.read(buffer, offset + buffer.position()) < 0) {
          break;
        }
      }
    } catch (IOException e) {
      throw (IOException)
          new FileSystemException(
                  name, null, what + " can't be read at byte " + offset + ": " + e.getMessage())
              .initCause(e);
    }
    while (buffer.hasRemaining()) {
      buffer.put((byte) 0);
    }
    buffer.clear();
  }

  @Override
  public void close() throws IOException {
    closed.close();
  }
}
