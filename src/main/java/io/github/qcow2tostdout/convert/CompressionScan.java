package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.plan.AllocationMap;
import io.github.qcow2tostdout.plan.ClusterLengths;
import io.github.qcow2tostdout.plan.Packing;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * What compressing the allocated clusters of a disk gives: their lengths, on which the layout
 * depends, and as many of their bytes as may be kept.
 *
 * @param lengths of all of them
 * @param cache the first of them
 */
record CompressionScan(ClusterLengths lengths, CompressedCache cache) {
  /**
   * Compresses all allocated clusters.
   *
   * @param advising whether the source is told what comes next
   * @throws IOException if the disk can't be read
   */
  static CompressionScan run(
      Source source,
      AllocationMap map,
      CompressionOptions options,
      boolean advising,
      Progress progress)
      throws IOException {
    int clusterBits = map.geometry().clusterBits();
    ClusterLengths lengths =
        new ClusterLengths(
            new Packing(clusterBits, map.geometry().refcountOrder()),
            CompressionOptions.LENGTHS_IN_MEMORY,
            options.store());
    CompressedCache cache = new CompressedCache(options.cacheBytes());
    long total = map.clusters().count() << clusterBits;
    progress.report(Progress.Phase.COMPRESS, 0, total);
    BatchAdvice advice = new BatchAdvice(ReadAhead.ofAll(source, map), map, advising);
    ClusterBatch.Clusters clusters = new ClusterBatch.Clusters(map.clusters().runsFrom(0));
    try (Compressor compressor =
        new Compressor(
            source,
            clusterBits,
            options.encoding(),
            options.threads(),
            () -> advice.before(batch(map, clusters)))) {
      while (compressor.next(
          (batch, encoded) -> {
            for (int length : encoded.lengths()) {
              lengths.add(length);
              cache.add(encoded.data(), length);
            }
            progress.report(Progress.Phase.COMPRESS, lengths.count() << clusterBits, total);
          })) {
        // Until there is none.
      }
    }
    progress.report(Progress.Phase.COMPRESS, total, total);
    return new CompressionScan(lengths, cache);
  }

  private static Optional<ClusterBatch> batch(AllocationMap map, ClusterBatch.Clusters clusters) {
    long[] batch = new long[ClusterBatch.clustersOf(map.geometry().clusterBits())];
    int count = 0;
    while (count < batch.length && clusters.hasNext()) {
      batch[count++] = clusters.next();
    }
    return count == 0
        ? Optional.empty()
        : Optional.of(new ClusterBatch(Arrays.copyOf(batch, count)));
  }
}
