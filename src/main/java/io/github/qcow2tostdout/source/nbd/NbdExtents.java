package io.github.qcow2tostdout.source.nbd;

import io.github.qcow2tostdout.source.DataExtents;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.Arrays;
import java.util.List;

/**
 * The data extents of an export, as the server tells them through base:allocation, a piece at a
 * time. What it does not say reads as zeroes is data.
 */
final class NbdExtents implements DataExtents {
  /** The most to ask about at once: lengths have 32 bits, and are multiples of the block. */
  private static final long MAX_REQUEST = (1L << 32) - NbdProtocol.MAX_MINIMUM_BLOCK;

  /** Extents are put together up to this size, so that the first of a full disk is soon there. */
  private static final long MAX_EXTENT = 1L << 32;

  private final String name;
  private final NbdConnection connection;
  private final long size;
  private boolean asking = true;
  private long described;
  private long[] bounds = {};
  private int at;
  private long from;
  private long to;

  NbdExtents(String name, NbdConnection connection) {
    this.name = name;
    this.connection = connection;
    size = connection.export().size();
  }

  @Override
  public boolean next() throws IOException {
    while (at == bounds.length) {
      if (described == size) {
        return false;
      }
      describeMore();
    }
    from = bounds[at++];
    to = bounds[at++];
    // Neighbours that are data both, and an extent that the end of a request has cut.
    while (at == bounds.length && to == described && described < size && to - from < MAX_EXTENT) {
      describeMore();
      if (bounds.length > 0 && bounds[0] == to) {
        to = bounds[1];
        at = 2;
      }
    }
    return true;
  }

  private void describeMore() throws IOException {
    if (!asking) {
      setDescribed(new long[] {described, size}, size);
      return;
    }
    NbdExport export = connection.export();
    // A server may say less than it was asked for, and end where no request may start.
    long start = export.alignedDown(described);
    NbdStatus status = new NbdStatus(start, Math.min(size - start, MAX_REQUEST));
    connection.send(List.of(status));
    connection.await(status);
    if (status.error().isPresent()) {
      int error = status.error().get().value();
      if (error != NbdProtocol.EINVAL && error != NbdProtocol.ENOTSUP) {
        throw new FileSystemException(
            name,
            null,
            connection.peer().words()
                + " can't say where data is at byte "
                + start
                + ": "
                + status.error().get()
                + "; "
                + connection.peer().remedy()
                + ", or try --no-sparse");
      }
      // It can't do it after all, or not here: then all must be read.
      asking = false;
      describeMore();
      return;
    }
    if (status.described() <= described) {
      // Less than a block: what can't be asked for alone is taken for data.
      long end = export.alignedUp(described + 1);
      setDescribed(new long[] {described, end}, end);
    } else {
      setDescribed(behind(described, status.dataBounds()), status.described());
    }
  }

  /** The part of extents that is not before an offset. */
  private static long[] behind(long offset, long[] extents) {
    int first = 0;
    while (first < extents.length && extents[first + 1] <= offset) {
      first += 2;
    }
    long[] rest = Arrays.copyOfRange(extents, first, extents.length);
    if (rest.length > 0) {
      rest[0] = Math.max(rest[0], offset);
    }
    return rest;
  }

  private void setDescribed(long[] dataBounds, long end) {
    bounds = dataBounds;
    described = end;
    at = 0;
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
