package io.github.qcow2tostdout.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * How to make a raw disk: its size and the spots that hold bytes. What is in no spot is a hole.
 *
 * @param size bytes
 * @param spots in the order in which they are written
 */
public record DiskRecipe(long size, List<Spot> spots) {
  private static final int BUFFER_SIZE = 1 << 20;

  /** What the bytes of a spot are. */
  public enum Content {
    /** Never zero, and other bytes at other places, so that a cluster that strays is noticed. */
    DATA,
    /** Zeroes that are written and take space. */
    ZEROES
  }

  /** A range of a disk that is written. */
  public record Spot(long offset, long length, Content content) {}

  /** A disk that is one hole. */
  public static DiskRecipe hole(long size) {
    return new DiskRecipe(size, List.of());
  }

  /** The same with data in a range; what would go beyond the end is left out. */
  public DiskRecipe data(long offset, long length) {
    return with(new Spot(offset, Math.min(length, size - offset), Content.DATA));
  }

  /** The same with written zeroes in a range. */
  public DiskRecipe zeroes(long offset, long length) {
    return with(new Spot(offset, Math.min(length, size - offset), Content.ZEROES));
  }

  /** The same with eight bytes of data at every multiple of {@code step}. */
  public DiskRecipe dataEvery(long step) {
    List<Spot> more = new ArrayList<>(spots);
    for (long at = 0; at < size; at += step) {
      more.add(new Spot(at, Math.min(Long.BYTES, size - at), Content.DATA));
    }
    return new DiskRecipe(size, more);
  }

  private DiskRecipe with(Spot spot) {
    List<Spot> more = new ArrayList<>(spots);
    more.add(spot);
    return new DiskRecipe(size, more);
  }

  /** Makes the disk; a file of that name is replaced. */
  public Path make(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      for (Spot spot : spots) {
        write(channel, spot);
      }
      // The JDK cannot make a file longer without writing: a byte that is zero ends it.
      if (channel.size() < size) {
        channel.write(ByteBuffer.allocate(1), size - 1);
      }
    }
    return file;
  }

  private static void write(FileChannel channel, Spot spot) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(spot.length(), BUFFER_SIZE));
    for (long at = spot.offset(); at < spot.offset() + spot.length(); ) {
      buffer.clear().limit((int) Math.min(BUFFER_SIZE, spot.offset() + spot.length() - at));
      for (int i = 0; i < buffer.limit(); i++) {
        buffer.put(i, spot.content() == Content.DATA ? dataAt(at + i) : 0);
      }
      while (buffer.hasRemaining()) {
        at += channel.write(buffer, at);
      }
    }
  }

  /** The byte that data has at an offset of the disk. */
  public static byte dataAt(long offset) {
    return (byte) ((offset * 0x9E3779B97F4A7C15L) >>> 56 | 1);
  }
}
