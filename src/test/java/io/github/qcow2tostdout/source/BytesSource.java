package io.github.qcow2tostdout.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A disk of bytes in memory that keeps a list of what it was asked for. */
final class BytesSource implements Source {
  private final byte[] bytes;
  private final ExtentList extents;
  final List<String> log = new ArrayList<>();
  boolean closed;

  BytesSource(byte[] bytes, ExtentList extents) {
    this.bytes = bytes;
    this.extents = extents;
  }

  /** A disk that is one extent. */
  BytesSource(byte[] bytes) {
    this(bytes, extents(0, bytes.length));
  }

  /** Extents by their bounds. */
  static ExtentList extents(long... bounds) {
    ExtentList.Builder builder = new ExtentList.Builder();
    for (int at = 0; at < bounds.length; at += 2) {
      builder.add(bounds[at], bounds[at + 1]);
    }
    return builder.build();
  }

  /** A walk as text: {@code 0-5 7-9}. */
  static String text(DataExtents extents) throws IOException {
    List<String> all = new ArrayList<>();
    while (extents.next()) {
      all.add(extents.from() + "-" + extents.to());
    }
    return String.join(" ", all);
  }

  @Override
  public String name() {
    return "disk.raw";
  }

  @Override
  public long size() {
    return bytes.length;
  }

  @Override
  public OptionalLong positionInFile() {
    return OptionalLong.of(0);
  }

  @Override
  public DataExtents dataExtents() {
    return extents.walk();
  }

  @Override
  public int read(ByteBuffer buffer, long offset) {
    int count = Math.clamp(bytes.length - offset, 0, buffer.remaining());
    log.add("read " + offset + "-" + (offset + count));
    buffer.put(bytes, (int) offset, count);
    return count;
  }

  @Override
  public long transferTo(long offset, long count, WritableByteChannel target) throws IOException {
    log.add("transfer " + offset + "-" + (offset + count));
    return target.write(ByteBuffer.wrap(bytes, (int) offset, (int) count));
  }

  @Override
  public void willNeed(long offset, long count) {
    log.add("advice " + offset + "-" + (offset + count));
  }

  @Override
  public Residency residency(DataExtents of) throws IOException {
    log.add("residency " + text(of));
    return Residency.ALL_CACHED;
  }

  @Override
  public SourceIdentity identity() {
    return new SourceIdentity(
        bytes.length, Optional.of("1:2"), Optional.of(FileTime.fromMillis(1)), Optional.empty());
  }

  @Override
  public void close() {
    closed = true;
  }
}
