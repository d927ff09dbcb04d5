package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.source.DataExtents;
import io.github.qcow2tostdout.source.Residency;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.source.SourceIdentity;
import io.github.qcow2tostdout.testing.FakeExtents;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A disk of any size in memory: zeroes with some bytes put into them. Its content, its extents and
 * its identity are what a test says; it is read by several threads but changed by none.
 */
public class MemorySource implements Source {
  static final String NAME = "disk.raw";

  private static final FileTime MODIFIED = FileTime.from(Instant.parse("2001-01-01T00:00:00Z"));
  private static final FileTime CHANGED = FileTime.from(Instant.parse("2001-01-02T00:00:00Z"));

  private final long size;
  private final TreeMap<Long, byte[]> spots = new TreeMap<>();
  private long[] extents;

  /** A disk of zeroes that is one extent. */
  public MemorySource(long size) {
    this.size = size;
    extents = size == 0 ? new long[0] : new long[] {0, size};
  }

  /** A disk of those bytes that is one extent. */
  public static MemorySource of(byte[] disk) {
    return new MemorySource(disk.length).put(0, disk);
  }

  /** Puts bytes where no others were put. */
  public MemorySource put(long offset, byte... bytes) {
    spots.put(offset, bytes.clone());
    return this;
  }

  /** Says where data may be: first byte and byte behind the last of each extent. */
  public MemorySource extents(long... bounds) {
    extents = bounds.clone();
    return this;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public DataExtents dataExtents() throws IOException {
    return new FakeExtents(extents);
  }

  @Override
  public int read(ByteBuffer buffer, long offset) throws IOException {
    int count = Math.clamp(size - offset, 0, buffer.remaining());
    byte[] bytes = new byte[count];
    Long first = spots.floorKey(offset);
    for (Map.Entry<Long, byte[]> spot :
        spots.subMap(first == null ? offset : first, offset + count).entrySet()) {
      long from = Math.max(offset, spot.getKey());
      long to = Math.min(offset + count, spot.getKey() + spot.getValue().length);
      if (from < to) {
        System.arraycopy(
            spot.getValue(),
            (int) (from - spot.getKey()),
            bytes,
            (int) (from - offset),
            (int) (to - from));
      }
    }
    buffer.put(bytes);
    return count;
  }

  @Override
  public long transferTo(long offset, long count, WritableByteChannel target) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(count));
    MemorySource.this.read(buffer, offset);
    return target.write(buffer.flip());
  }

  @Override
  public void willNeed(long offset, long count) {}

  @Override
  public Residency residency(DataExtents extents) throws IOException {
    return Residency.ALL_CACHED;
  }

  @Override
  public SourceIdentity identity() throws IOException {
    return identityOfSize(size);
  }

  /** The identity of this disk if only its size were another. */
  public static SourceIdentity identityOfSize(long size) {
    return new SourceIdentity(
        size, Optional.of("1:2"), Optional.of(MODIFIED), Optional.of(CHANGED));
  }

  @Override
  public void close() throws IOException {}
}
