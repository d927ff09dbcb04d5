package io.github.qcow2tostdout.source.qcow2;

import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.image.GuestMap;
import io.github.qcow2tostdout.image.GuestRun;
import io.github.qcow2tostdout.image.Holes;
import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.luks.Luks;
import io.github.qcow2tostdout.source.DataExtents;
import io.github.qcow2tostdout.source.FileSource;
import io.github.qcow2tostdout.source.Offsets;
import io.github.qcow2tostdout.source.Residency;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.source.SourceIdentity;
import io.github.qcow2tostdout.source.Zeroes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Map;
import java.util.Optional;

/**
 * The disk of a qcow2 image, or of one of its snapshots, as the guest sees it: what is compressed
 * is decoded, and what the image does not say its backing file says. What a table says wrongly, or
 * where the file ends before what it says, is an error for who reads it, never zeroes.
 */
public final class Qcow2Source implements Source {
  private final String name;
  private final ImageParts parts;
  private final GuestMaps maps;
  private final long size;
  private final CompressedClusters clusters;
  private final Optional<LossyReader> lossy;
  private final Optional<StoredBytes> encrypted;

  private Qcow2Source(ImageParts parts, GuestMaps maps, long size, Optional<LossyReader> lossy) {
    name = parts.container().name();
    this.parts = parts;
    this.maps = maps;
    this.size = size;
    this.lossy = lossy;
    encrypted = parts.sectors().map(it -> new StoredBytes(parts.data(), it));
    clusters = new CompressedClusters(parts.image(), maps);
  }

  /**
   * The disk of an image that is open.
   *
   * @param parts closed with it
   * @throws IOException if its tables are none
   */
  public static Qcow2Source of(ImageParts parts) throws IOException {
    GuestMaps maps = new GuestMaps(parts::map);
    GuestMap map = maps.take();
    Optional<LossyReader> lossy =
        parts.salvage().isPresent()
            ? Optional.of(
                new LossyReader(parts.image(), map, parts.salvage().get(), parts.tablePart()))
            : Optional.empty();
    maps.giveBack(map);
    return new Qcow2Source(parts, maps, map.size(), lossy);
  }

  /** The image that the disk is in. */
  public OpenedImage image() {
    return parts.image();
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
  public long identifiedSize() {
    return parts.container().identifiedSize();
  }

  @Override
  public DataExtents dataExtents() throws IOException {
    Optional<DataExtents> below = Optional.empty();
    if (parts.backing().isPresent()) {
      below = Optional.of(parts.backing().get().dataExtents());
    }
    // For the first question the system calls are linked.
    boolean large = parts.data().size() >= FileSource.MIN_SIZE_FOR_SYSTEM_CALLS;
    return extents(below, large);
  }

  @Override
  public DataExtents exactDataExtents() throws IOException {
    Optional<DataExtents> below = Optional.empty();
    if (parts.backing().isPresent()) {
      below = Optional.of(parts.backing().get().exactDataExtents());
    }
    return extents(below, true);
  }

  private DataExtents extents(Optional<DataExtents> below, boolean asking) throws IOException {
    // Where nothing is stored of what is encrypted, no zeroes come of it.
    Holes holes = asking && encrypted.isEmpty() ? parts.dataHoles() : Holes.UNKNOWN;
    return new Qcow2Extents(
        parts.map(),
        below,
        new StoredHoles(holes, parts.data().size()),
        new ClaimBudget(parts.image()),
        lossy);
  }

  private GuestRun run(GuestMap map, long start, long end) throws IOException {
    return lossy.isPresent() ? lossy.get().run(map, start, end) : map.run(start, end);
  }

  private GuestRun run(long start, long end) throws IOException {
    GuestMap map = maps.take();
    try {
      return run(map, start, end);
    } finally {
      maps.giveBack(map);
    }
  }

  @Override
  public int read(ByteBuffer buffer, long offset) throws IOException {
    int limit = buffer.limit();
    long end = Offsets.sum(offset, buffer.remaining(), size);
    long at = offset;
    GuestMap map = maps.take();
    try {
      while (at < end) {
        GuestRun run = run(map, at, end);
        buffer.limit(buffer.position() + (int) run.length());
        if (lossy.isPresent()) {
          lossy.get().fill(buffer, run, this::fill);
        } else {
          fill(buffer, run);
        }
        if (buffer.hasRemaining()) {
          // Something below has become shorter: nobody may take that for zeroes.
          at += run.length() - buffer.remaining();
          break;
        }
        at = run.end();
      }
    } finally {
      buffer.limit(limit);
      maps.giveBack(map);
    }
    return (int) Math.max(0, at - offset);
  }

  /** Of what may have to be zeroes instead only reading it says what it is. */
  @Override
  public boolean surelyHoldsData(long offset, long length) throws IOException {
    if (lossy.isPresent() || encrypted.isPresent() || length > size - offset) {
      return false;
    }
    // All of a cluster: what is not zero may be anywhere in it.
    return run(offset, offset + length) instanceof GuestRun.Compressed compressed
        && compressed.skipped() == 0
        && compressed.length() == parts.image().clusterSize()
        && clusters.surelyHoldsData(compressed);
  }

  private void fill(ByteBuffer buffer, GuestRun run) throws IOException {
    switch (run) {
      case GuestRun.Zero zero -> Zeroes.put(buffer, buffer.remaining());
      case GuestRun.Unallocated nothing -> below(buffer, nothing.guestOffset());
      case GuestRun.Stored stored -> stored(buffer, stored);
      case GuestRun.Compressed compressed when encrypted.isPresent() ->
          throw Luks.compressed(name, compressed.guestOffset());
      case GuestRun.Compressed compressed -> clusters.read(compressed, buffer);
      case GuestRun.Corrupt corrupt -> throw corrupt.error(name);
    }
  }

  private void stored(ByteBuffer buffer, GuestRun.Stored run) throws IOException {
    if (parts.hasDataFile() && run.hostOffset() + run.length() > parts.data().size()) {
      throw new ImageException.Corrupt(
          name,
          "guest offset "
              + run.guestOffset()
              + ": the data goes beyond the end of the data file "
              + parts.data().name()
              + " at byte "
              + parts.data().size(),
          "get the whole data file");
    }
    if (encrypted.isPresent()) {
      encrypted.get().read(buffer, run.hostOffset());
    } else {
      parts.data().read(buffer, run.hostOffset());
    }
  }

  private void below(ByteBuffer buffer, long offset) throws IOException {
    int limit = buffer.limit();
    long there = parts.backing().isPresent() ? parts.backing().get().size() - offset : 0;
    int count = Math.clamp(there, 0, buffer.remaining());
    if (count > 0) {
      parts.backing().get().read(buffer.limit(buffer.position() + count), offset);
      if (buffer.hasRemaining()) {
        return;
      }
    }
    buffer.limit(limit);
    Zeroes.put(buffer, buffer.remaining());
  }

  @Override
  public long transferTo(long offset, long count, WritableByteChannel target) throws IOException {
    long end = Offsets.sum(offset, count, size);
    if (offset >= end) {
      return 0;
    }
    return switch (run(offset, end)) {
      case GuestRun.Stored stored when encrypted.isPresent() -> 0;
      case GuestRun.Stored stored ->
          parts
              .data()
              .transferTo(
                  stored.hostOffset(),
                  lossy.isPresent() ? lossy.get().sound(stored) : stored.length(),
                  target);
      case GuestRun.Unallocated nothing when parts.backing().isPresent() ->
          parts.backing().get().transferTo(offset, nothing.length(), target);
      default -> 0;
    };
  }

  @Override
  public void willNeed(long offset, long count) {
    long end = Offsets.sum(offset, count, size);
    try {
      GuestMap map = maps.take();
      try {
        for (long at = offset; at < end; ) {
          GuestRun run = run(map, at, end);
          parts.willNeed(run);
          at = run.end();
        }
      } finally {
        maps.giveBack(map);
      }
    } catch (IOException e) {
      // It is only advice; whoever reads there gets the error.
    }
  }

  @Override
  public Residency residency(DataExtents extents) throws IOException {
    return residency();
  }

  /** That of the files: which of their bytes the disk needs is not worth a walk. */
  private Residency residency() throws IOException {
    Residency sum = parts.data().residency(parts.data().dataExtents());
    if (parts.backing().isEmpty()) {
      return sum;
    }
    Source backing = parts.backing().get();
    Residency below =
        backing instanceof Qcow2Source image
            ? image.residency()
            : backing.residency(backing.dataExtents());
    return below.isRemote()
        ? below
        : new Residency(
            sum.data() + below.data(),
            sum.cached() + below.cached(),
            Math.max(sum.available(), below.available()));
  }

  @Override
  public SourceIdentity identity() throws IOException {
    return parts.container().identity();
  }

  @Override
  public Map<String, SourceIdentity> others() throws IOException {
    return parts.others();
  }

  @Override
  public void close() throws IOException {
    clusters.close();
    parts.close();
  }
}
