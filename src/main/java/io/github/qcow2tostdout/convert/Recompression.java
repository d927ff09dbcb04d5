package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.plan.AllocationMap;
import io.github.qcow2tostdout.plan.PackedCursor;
import io.github.qcow2tostdout.plan.Placement;
import io.github.qcow2tostdout.source.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** The data of compressed clusters, made once more, in their order. */
final class Recompression implements AutoCloseable {
  private final AllocationMap map;
  private final Source source;
  private final boolean advising;
  private final Placement.Packed placement;
  private final long first;
  private final long end;
  private final Compressor compressor;
  private Optional<Rest> rest = Optional.empty();

  /** What the threads are to do yet. */
  private record Rest(PackedCursor cursor, ClusterBatch.Clusters clusters, BatchAdvice advice) {}

  /** What of a batch was not asked for yet. */
  private int[] lengths = new int[0];

  private ByteBuffer data = ByteBuffer.allocateDirect(0);
  private int index;

  /**
   * Nothing is compressed yet.
   *
   * @param first how many allocated clusters are before the first that may be asked for
   * @param end offset in the region before which each that is asked for begins
   * @param advising whether the source is told what comes next
   */
  Recompression(
      AllocationMap map,
      Source source,
      CompressionOptions options,
      Placement.Packed placement,
      long first,
      long end,
      boolean advising) {
    this.source = source;
    this.advising = advising;
    this.map = map;
    this.placement = placement;
    this.first = first;
    this.end = end;
    compressor =
        new Compressor(
            source,
            map.geometry().clusterBits(),
            options.encoding(),
            options.threads(),
            this::batch);
  }

  private Optional<ClusterBatch> batch() {
    if (first >= map.clusters().count()) {
      return Optional.empty();
    }
    if (rest.isEmpty()) {
      PackedCursor cursor = placement.cursor();
      cursor.toRank(first);
      rest =
          Optional.of(
              new Rest(
                  cursor,
                  new ClusterBatch.Clusters(map.clusters().runsFrom(map.clusters().select(first))),
                  new BatchAdvice(
                      ReadAhead.between(source, map, first, advising ? lastRank() : first),
                      map,
                      advising)));
    }
    PackedCursor cursor = rest.get().cursor();
    ClusterBatch.Clusters clusters = rest.get().clusters();
    long[] batch = new long[ClusterBatch.clustersOf(map.geometry().clusterBits())];
    int count = 0;
    while (count < batch.length && clusters.hasNext() && cursor.offset() < end) {
      long cluster = clusters.next();
      if (cursor.length() > 0) {
        batch[count++] = cluster;
      }
      cursor.next();
    }
    return rest.get()
        .advice()
        .before(
            count == 0
                ? Optional.empty()
                : Optional.of(new ClusterBatch(Arrays.copyOf(batch, count))));
  }

  /** The last that may be asked for. */
  private long lastRank() {
    if (end >= placement.size()) {
      return map.clusters().count() - 1;
    }
    PackedCursor cursor = placement.cursor();
    cursor.toOffset(end);
    return cursor.rank();
  }

  /** The data of the next compressed cluster; it holds until the next is asked for. */
  ByteBuffer next() throws IOException {
    if (index == lengths.length) {
      boolean more =
          compressor.next((batch, encoded) -> {
            lengths = encoded.lengths();
            data = copy(encoded.data());
            index = 0;
          });
      if (!more) {
        throw new IllegalStateException("no more compressed clusters");
      }
    }
    int length = lengths[index++];
    ByteBuffer cluster = data.slice(data.position(), length);
    data.position(data.position() + length);
    return cluster;
  }

  private ByteBuffer copy(ByteBuffer from) {
    ByteBuffer to =
        data.capacity() >= from.remaining()
            ? data.clear()
            : ByteBuffer.allocateDirect(from.capacity());
    return to.put(from).flip();
  }

  @Override
  public void close() {
    compressor.close();
  }
}
