package io.github.qcow2tostdout.source.nbd;

import io.github.qcow2tostdout.source.DataExtents;
import io.github.qcow2tostdout.source.Offsets;
import io.github.qcow2tostdout.source.Residency;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.source.SourceIdentity;
import io.github.qcow2tostdout.source.WholeExtent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.Optional;

/** An export of an NBD server. */
public final class NbdSource implements Source {
  /** A smaller one is read at once, whichever way. */
  private static final long MIN_FAR_SIZE = 1 << 20;

  private static final int SECTOR_SIZE = 512;

  /** From here on a read is a wait: 2 ms, more than any disk without moving parts takes. */
  private static final long FAR_NANOS = 2_000_000;

  private final String name;
  private final NbdConnection connection;
  private final NbdParts parts;
  private final boolean sparse;
  private final long size;
  private int smallReads;
  private long fastestRead = Long.MAX_VALUE;

  private NbdSource(String name, NbdConnection connection, boolean sparse) {
    this.name = name;
    this.connection = connection;
    this.sparse = sparse;
    size = connection.export().size();
    parts = new NbdParts(name, connection);
  }

  /**
   * Connects to a server.
   *
   * @param sparse whether the server is asked where data is
   * @throws FileSystemException if there is no such server or export, or if they can't agree; the
   *     reason is for the user
   */
  public static NbdSource open(NbdUri uri, boolean sparse) throws IOException {
    return new NbdSource(uri.text(), new NbdConnector(uri.text()).connect(uri), sparse);
  }

  /**
   * The same over a connection that is there.
   *
   * @param name for errors
   * @param limit of the negotiation
   */
  public static NbdSource open(
      String name,
      SocketChannel channel,
      String export,
      boolean sparse,
      NbdPeer peer,
      Duration limit)
      throws FileSystemException {
    return new NbdSource(
        name, new NbdConnector(name, limit, peer).negotiate(channel, export), sparse);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public DataExtents dataExtents() {
    return sparse && connection.export().allocation().isPresent()
        ? new NbdExtents(name, connection)
        : new WholeExtent(size);
  }

  @Override
  public int read(ByteBuffer buffer, long offset) throws IOException {
    if (buffer.remaining() > SECTOR_SIZE || smallReads == 2) {
      return readAll(buffer, offset);
    }
    // The first of them come from one thread, before anything else is read.
    long start = System.nanoTime();
    int count = readAll(buffer, offset);
    fastestRead = Math.min(fastestRead, System.nanoTime() - start);
    smallReads++;
    return count;
  }

  private int readAll(ByteBuffer buffer, long offset) throws IOException {
    long end = Offsets.sum(offset, buffer.remaining(), size);
    for (long at = offset; at < end; ) {
      NbdPart part = parts.take(at, end);
      long readTo = at;
      try {
        ByteBuffer bytes = part.bytes(at, end);
        readTo += bytes.remaining();
        buffer.put(bytes);
      } finally {
        parts.release(part, readTo);
      }
      at = readTo;
    }
    return Math.toIntExact(Math.max(0, end - offset));
  }

  @Override
  public long transferTo(long offset, long count, WritableByteChannel target) throws IOException {
    long end = Offsets.sum(offset, count, size);
    if (offset >= end) {
      return 0;
    }
    NbdPart part = parts.take(offset, end);
    long readTo = offset;
    try {
      readTo += target.write(part.bytes(offset, end));
    } finally {
      parts.release(part, readTo);
    }
    return readTo - offset;
  }

  @Override
  public void willNeed(long offset, long count) {
    parts.hint(offset, Offsets.sum(offset, count, size));
  }

  /** By two small reads, since for the first of them the server may have to fetch something. */
  @Override
  public boolean isFar() throws IOException {
    while (size >= MIN_FAR_SIZE && fastestRead >= FAR_NANOS && smallReads < 2) {
      read(ByteBuffer.allocate(SECTOR_SIZE), 0);
    }
    boolean far = smallReads > 0 && fastestRead >= FAR_NANOS;
    if (far) {
      parts.expectDistance();
    }
    return far;
  }

  @Override
  public Residency residency(DataExtents extents) {
    return Residency.REMOTE;
  }

  /** Nothing but the size, as for a block device: a server does not say when it was written. */
  @Override
  public SourceIdentity identity() {
    return new SourceIdentity(size, Optional.empty(), Optional.empty(), Optional.empty());
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }
}
