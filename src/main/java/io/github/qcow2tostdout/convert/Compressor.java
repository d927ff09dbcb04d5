package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.codec.Encoding;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.work.OrderedWork;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** Compresses clusters of a disk by several threads; the results come in order. */
final class Compressor implements AutoCloseable {
  private final List<BatchEncoder> encoders = new ArrayList<>();
  private final BlockingQueue<ByteBuffer> buffers;
  private final OrderedWork<ClusterBatch, BatchEncoder.Encoded> work;

  /**
   * Nothing is begun yet.
   *
   * @param batches the clusters, in order
   */
  Compressor(
      Source source,
      int clusterBits,
      Encoding encoding,
      int threads,
      OrderedWork.Tasks<ClusterBatch> batches) {
    int ahead = threads == 1 ? 1 : 2 * threads;
    buffers = new ArrayBlockingQueue<>(ahead);
    for (int i = 0; i < ahead; i++) {
      buffers.add(ByteBuffer.allocateDirect(ClusterBatch.clustersOf(clusterBits) << clusterBits));
    }
    work =
        new OrderedWork<>(
            threads,
            ahead,
            batches,
            () -> {
              BatchEncoder encoder = new BatchEncoder(source, clusterBits, encoding, buffers);
              encoders.add(encoder);
              return encoder;
            });
  }

  /** Passes on the next batch; its data holds until this returns. False if there is none. */
  boolean next(OrderedWork.Results<ClusterBatch, BatchEncoder.Encoded> results) throws IOException {
    return work.next((batch, encoded) -> {
      results.accept(batch, encoded);
      buffers.add(encoded.data());
    });
  }

  @Override
  public void close() {
    work.close();
    encoders.forEach(BatchEncoder::close);
  }
}
