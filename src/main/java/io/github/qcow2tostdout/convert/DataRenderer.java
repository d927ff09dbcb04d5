package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.plan.AllocationMap;
import io.github.qcow2tostdout.plan.IndexSet;
import io.github.qcow2tostdout.plan.Placement;
import io.github.qcow2tostdout.scan.SourceGuard;
import io.github.qcow2tostdout.source.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Copies data clusters from the source, in guest order, whole runs of neighbours at a time. Of a
 * cluster with extended L2 entries only the subclusters that are data count; the others come out as
 * zeroes.
 */
final class DataRenderer {
  /** The most that is handed over at a time: how often progress moves. */
  private static final long SLICE_SIZE = 8L << 20;

  /** How often the source is compared with what it was, in bytes copied. */
  private static final long GUARD_INTERVAL = 256L << 20;

  private final AllocationMap map;
  private final Source source;
  private final SourceGuard guard;
  private final Optional<PieceDigests.Comparison> comparison;
  private final boolean advising;
  private final boolean grainwise;
  private final int clusterBits;
  private long sinceGuard;

  /**
   * @param comparison of what is copied with what was there before
   * @param grainwise whether an allocated cluster may have more in the source than its grains of
   *     data, which is to be left out
   */
  DataRenderer(
      AllocationMap map,
      Source source,
      SourceGuard guard,
      Optional<PieceDigests.Comparison> comparison,
      boolean advising,
      boolean grainwise) {
    this.map = map;
    this.source = source;
    this.guard = guard;
    this.comparison = comparison;
    this.advising = advising;
    this.grainwise = grainwise;
    clusterBits = map.geometry().clusterBits();
  }

  /**
   * Writes a part of the region.
   *
   * @param placement of the clusters in it
   * @param from offset in the region of the first byte, which is in an allocated cluster
   * @param to offset in the region of the byte behind the last
   * @param buffer for what can't be handed over; direct
   */
  void render(Placement.Fixed placement, long from, long to, ByteBuffer buffer, DataSink out)
      throws IOException {
    long rank = placement.rankAt(from);
    long skipped = from - placement.offsetOf(rank);
    long firstCluster = map.clusters().select(rank);
    IndexSet.Runs runs = map.clusters().runsFrom(firstCluster);
    ReadAhead readAhead = ReadAhead.between(source, map, rank, placement.rankAt(to - 1));
    if (advising) {
      readAhead.emitted(0);
    }
    long left = to - from;
    while (left > 0 && runs.next()) {
      long start = (runs.from() << clusterBits) + skipped;
      long end = Math.min(runs.to() << clusterBits, start + left);
      render(start, end, buffer, Optional.of(readAhead), out);
      left -= end - start;
      skipped = 0;
    }
    if (comparison.isPresent()) {
      comparison.get().finish();
    }
  }

  /**
   * Writes what the image has of neighbouring allocated clusters.
   *
   * @param from offset on the disk of the first byte
   * @param to offset on the disk of the byte behind the last
   */
  void renderClusters(long from, long to, ByteBuffer buffer, DataSink out) throws IOException {
    render(from, to, buffer, Optional.empty(), out);
  }

  private void render(
      long from, long to, ByteBuffer buffer, Optional<ReadAhead> readAhead, DataSink out)
      throws IOException {
    if (grainwise) {
      renderGrains(from, to, buffer, readAhead, out);
    } else {
      renderAll(from, to, buffer, readAhead, out);
    }
  }

  private void renderGrains(
      long from, long to, ByteBuffer buffer, Optional<ReadAhead> readAhead, DataSink out)
      throws IOException {
    int grainBits = map.geometry().grainBits();
    IndexSet.Runs runs = map.grains().data().runsFrom(from >> grainBits);
    for (long at = from; at < to; ) {
      boolean found = runs.next();
      long start = found ? Math.clamp(runs.from() << grainBits, at, to) : to;
      long end = found ? Math.clamp(runs.to() << grainBits, at, to) : to;
      pad(start - at, buffer, readAhead, out);
      renderAll(start, end, buffer, readAhead, out);
      at = end;
    }
  }

  private void renderAll(
      long from, long to, ByteBuffer buffer, Optional<ReadAhead> readAhead, DataSink out)
      throws IOException {
    // Only the disk's last cluster can reach beyond the end of the source.
    long dataEnd = Math.clamp(source.size(), from, to);
    copy(from, dataEnd, buffer, readAhead, out);
    pad(to - dataEnd, buffer, readAhead, out);
  }

  private void copy(
      long from, long to, ByteBuffer buffer, Optional<ReadAhead> readAhead, DataSink out)
      throws IOException {
    for (long at = from; at < to; ) {
      long count = Math.min(to - at, SLICE_SIZE);
      long done;
      if (comparison.isPresent()) {
        // What is compared must be what is written: the source is not asked for it again.
        count = comparison.get().inPiece(at, count);
        done = copyThrough(buffer.clear().limit((int) Math.min(count, buffer.capacity())), at, out);
      } else {
        long handedOver = Math.min(count, out.transferable());
        done = handedOver > 0 ? out.transfer(source, at, handedOver) : 0;
        if (done == 0) {
          done =
              copyThrough(buffer.clear().limit((int) Math.min(count, buffer.capacity())), at, out);
        }
      }
      at += done;
      emitted(done, readAhead);
      sinceGuard += done;
      if (sinceGuard >= GUARD_INTERVAL) {
        guard.verify();
        sinceGuard = 0;
      }
    }
  }

  private int copyThrough(ByteBuffer buffer, long offset, DataSink out) throws IOException {
    int wanted = buffer.remaining();
    int count = source.read(buffer, offset);
    // Never padded: what is not there any more is not zero.
    if (count < wanted) {
      throw SourceGuard.endedAt(source, offset + count);
    }
    buffer.flip();
    if (comparison.isPresent()) {
      comparison.get().take(offset, buffer);
    }
    out.write(buffer);
    return count;
  }

  private void emitted(long count, Optional<ReadAhead> readAhead) {
    if (advising && readAhead.isPresent()) {
      readAhead.get().emitted(count);
    }
  }

  private void pad(long count, ByteBuffer buffer, Optional<ReadAhead> readAhead, DataSink out)
      throws IOException {
    if (count == 0) {
      return;
    }
    buffer.clear();
    while (buffer.remaining() >= Long.BYTES) {
      buffer.putLong(0);
    }
    for (long left = count; left > 0; ) {
      buffer.clear().limit((int) Math.min(left, buffer.capacity()));
      left -= buffer.remaining();
      out.write(buffer);
    }
    emitted(count, readAhead);
  }
}
