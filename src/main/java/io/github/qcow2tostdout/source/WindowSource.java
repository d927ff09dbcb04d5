package io.github.qcow2tostdout.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * A part of a source, such as a partition of a disk, as a disk of its own. What changes in the rest
 * of the source still changes its identity: nobody can tell apart where a file was written.
 */
public final class WindowSource extends ForwardingSource {
  private final Source whole;
  private final long offset;
  private final long size;

  private WindowSource(Source whole, long offset, long size) {
    super(whole);
    this.whole = whole;
    this.offset = offset;
    this.size = size;
  }

  /**
   * The bytes [offset, offset + size) of a source; the source itself if that is all of it.
   *
   * @throws IndexOutOfBoundsException if the source does not have them
   */
  public static Source of(Source whole, long offset, long size) {
    Objects.checkFromIndexSize(offset, size, whole.size());
    return size == whole.size() ? whole : new WindowSource(whole, offset, size);
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public OptionalLong positionInFile() {
    OptionalLong position = whole.positionInFile();
    return position.isPresent() ? OptionalLong.of(position.getAsLong() + offset) : position;
  }

  @Override
  public DataExtents dataExtents() throws IOException {
    return new ShiftedExtents(whole.dataExtents(), -offset, size);
  }

  @Override
  public DataExtents exactDataExtents() throws IOException {
    return new ShiftedExtents(whole.exactDataExtents(), -offset, size);
  }

  @Override
  public int read(ByteBuffer buffer, long at) throws IOException {
    int beyond = Math.clamp(buffer.remaining() - (size - at), 0, buffer.remaining());
    int limit = buffer.limit();
    buffer.limit(limit - beyond);
    try {
      return whole.read(buffer, offset + at);
    } finally {
      buffer.limit(limit);
    }
  }

  @Override
  public long transferTo(long at, long count, WritableByteChannel target) throws IOException {
    return whole.transferTo(offset + at, Math.clamp(size - at, 0, count), target);
  }

  @Override
  public void willNeed(long at, long count) {
    whole.willNeed(offset + at, count);
  }

  @Override
  public Residency residency(DataExtents extents) throws IOException {
    return whole.residency(new ShiftedExtents(extents, offset, whole.size()));
  }
}
