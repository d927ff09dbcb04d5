package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.plan.AllocationMap;
import io.github.qcow2tostdout.plan.PackedCursor;
import io.github.qcow2tostdout.plan.Placement;
import io.github.qcow2tostdout.scan.SourceGuard;
import io.github.qcow2tostdout.source.Source;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Writes compressed and plain clusters where the first pass placed them: from the cache, from the
 * disk, or compressed once more.
 */
final class PackedRenderer {
  private final AllocationMap map;
  private final Source source;
  private final SourceGuard guard;
  private final DataRenderer plain;
  private final CompressionOptions options;
  private final CompressedCache cache;
  private final boolean advising;

  PackedRenderer(
      AllocationMap map,
      Source source,
      SourceGuard guard,
      DataRenderer plain,
      CompressionOptions options,
      CompressedCache cache,
      boolean advising) {
    this.advising = advising;
    this.map = map;
    this.source = source;
    this.guard = guard;
    this.plain = plain;
    this.options = options;
    this.cache = cache;
  }

  /**
   * Writes a part of the region.
   *
   * @param from offset in the region of the first byte
   * @param to offset in the region of the byte behind the last
   * @param buffer for what can't be handed over; direct
   */
  void render(
      Placement.Packed placement, long from, long to, ByteBuffer buffer, SequentialOutput out)
      throws IOException {
    PackedCursor cursor = placement.cursor();
    cursor.toOffset(from);
    int clusterBits = map.geometry().clusterBits();
    ClusterBatch.Clusters guest =
        new ClusterBatch.Clusters(map.clusters().runsFrom(map.clusters().select(cursor.rank())));
    try (Recompression again =
        new Recompression(
            map,
            source,
            options,
            placement,
            Math.max(cache.clusters(), cursor.rank()),
            to,
            advising)) {
      long at = from;
      boolean more = true;
      while (more && at < to && guest.hasNext()) {
        long cluster = guest.next();
        long start = Math.min(to, Math.max(at, cursor.offset()));
        pad(start - at, buffer, out);
        long end = Math.min(to, cursor.end());
        long skipped = start - cursor.offset();
        if (start < end) {
          if (cursor.length() == 0) {
            long disk = (cluster << clusterBits) + skipped;
            plain.renderClusters(disk, disk + end - start, buffer, out);
          } else if (cursor.rank() < cache.clusters()) {
            long kept = cursor.compressedBefore() + skipped;
            cache.write(kept, kept + end - start, out);
          } else {
            ByteBuffer data = data(again, cursor);
            out.write(data.slice((int) skipped, (int) (end - start)));
          }
        }
        at = Math.max(start, end);
        more = cursor.next();
      }
      pad(to - at, buffer, out);
    }
  }

  private ByteBuffer data(Recompression again, PackedCursor cursor) throws IOException {
    ByteBuffer data = again.next();
    if (data.remaining() != cursor.length()) {
      guard.verify();
      throw new ImageException.SourceChanged(
          source.name(),
          "a cluster of it was compressed to "
              + cursor.length()
              + " bytes and is to "
              + data.remaining()
              + " bytes");
    }
    return data;
  }

  private static void pad(long count, ByteBuffer buffer, SequentialOutput out) throws IOException {
    for (long left = count; left > 0; ) {
      buffer.clear().limit((int) Math.min(left, buffer.capacity()));
      left -= buffer.remaining();
      while (buffer.hasRemaining()) {
        buffer.put((byte) 0);
      }
      out.write(buffer.flip());
    }
  }
}
