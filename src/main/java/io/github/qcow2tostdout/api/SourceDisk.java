package io.github.qcow2tostdout.api;

import io.github.qcow2tostdout.source.DataExtents;
import io.github.qcow2tostdout.source.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** A source as a disk. */
final class SourceDisk implements Disk {
  private final Source source;

  /** The walk over its extents that stands where the last question was. */
  private Optional<DataExtents> extents = Optional.empty();

  private boolean ended;

  /**
   * @param source closed with this
   */
  SourceDisk(Source source) {
    this.source = source;
  }

  Source source() {
    return source;
  }

  @Override
  public String name() {
    return source.name();
  }

  @Override
  public long size() {
    return source.size();
  }

  @Override
  public int read(ByteBuffer to, long offset) throws IOException {
    if (offset < 0) {
      throw new IllegalArgumentException("offset " + offset);
    }
    if (!to.hasRemaining()) {
      return 0;
    }
    if (offset >= source.size()) {
      return -1;
    }
    int limit = to.limit();
    to.limit(to.position() + (int) Math.min(to.remaining(), source.size() - offset));
    try {
      int count = Failures.translated(() -> source.read(to, offset));
      return count == 0 ? -1 : count;
    } finally {
      to.limit(limit);
    }
  }

  @Override
  public long nextData(long offset) throws IOException {
    return at(offset, extent -> Math.max(offset, extent.from()));
  }

  @Override
  public long nextHole(long offset) throws IOException {
    return at(offset, extent -> extent.from() > offset ? offset : extent.to());
  }

  /** What is asked of the first extent that ends behind an offset. */
  private interface Question {
    long answer(DataExtents extent);
  }

  private synchronized long at(long offset, Question question) throws IOException {
    return Failures.translated(() -> {
      if (extents.isEmpty() || isBefore(offset)) {
        extents = Optional.of(source.exactDataExtents());
        ended = !extents.get().next();
      }
      DataExtents walk = extents.get();
      while (!ended && walk.to() <= offset) {
        ended = !walk.next();
      }
      return ended ? source.size() : question.answer(walk);
    });
  }

  /** Whether the walk may have passed an offset. */
  private boolean isBefore(long offset) {
    return ended || offset < extents.orElseThrow().from();
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
