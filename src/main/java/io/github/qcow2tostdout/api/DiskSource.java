package io.github.qcow2tostdout.api;

import io.github.qcow2tostdout.source.DataExtents;
import io.github.qcow2tostdout.source.Residency;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.source.SourceIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Optional;

/** A disk of the library's user as a source. What it says is not believed where that would harm. */
final class DiskSource implements Source {
  private final Disk disk;
  private final long size;

  private DiskSource(Disk disk) {
    this.disk = disk;
    size = disk.size();
    if (size < 0) {
      throw new IllegalArgumentException(disk.name() + ": its size is " + size);
    }
  }

  /** The source of a disk; its own, if it has one. */
  static Source of(Disk disk) {
    return disk instanceof SourceDisk known ? known.source() : new DiskSource(disk);
  }

  @Override
  public String name() {
    return disk.name();
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public DataExtents dataExtents() {
    return new Extents();
  }

  private final class Extents implements DataExtents {
    private long from;
    private long to;

    @Override
    public boolean next() throws IOException {
      if (to >= size) {
        return false;
      }
      from = answer("nextData", to, to, disk.nextData(to));
      if (from == size) {
        return false;
      }
      to = answer("nextHole", from, from + 1, disk.nextHole(from));
      return true;
    }

    private long answer(String method, long offset, long least, long answer) {
      if (answer < least || answer > size) {
        throw new IllegalStateException(
            disk.name()
                + ": of a disk of "
                + size
                + " bytes "
                + method
                + "("
                + offset
                + ") says "
                + answer);
      }
      return answer;
    }

    @Override
    public long from() {
      return from;
    }

    @Override
    public long to() {
      return to;
    }
  }

  @Override
  public int read(ByteBuffer buffer, long offset) throws IOException {
    int limit = buffer.limit();
    int start = buffer.position();
    buffer.limit(start + Math.clamp(size - offset, 0, buffer.remaining()));
    try {
      while (buffer.hasRemaining()) {
        int before = buffer.position();
        if (disk.read(buffer, offset + before - start) < 0) {
          break;
        }
        if (buffer.position() <= before) {
          throw new IllegalStateException(
              disk.name() + ": read nothing at byte " + (offset + before - start));
        }
      }
      return buffer.position() - start;
    } finally {
      buffer.limit(limit);
    }
  }

  @Override
  public long transferTo(long offset, long count, WritableByteChannel target) {
    return 0;
  }

  @Override
  public void willNeed(long offset, long count) {}

  @Override
  public Residency residency(DataExtents extents) {
    return Residency.ALL_CACHED;
  }

  @Override
  public SourceIdentity identity() {
    return new SourceIdentity(disk.size(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** A disk is closed by who opened it. */
  @Override
  public void close() {}
}
