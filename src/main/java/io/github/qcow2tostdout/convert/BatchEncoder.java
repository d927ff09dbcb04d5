package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.codec.ClusterEncoder;
import io.github.qcow2tostdout.codec.Encoding;
import io.github.qcow2tostdout.format.Limits;
import io.github.qcow2tostdout.scan.SourceGuard;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.work.OrderedWork;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;

/** Reads batches of clusters and compresses them; for one thread. */
final class BatchEncoder implements OrderedWork.Worker<ClusterBatch, BatchEncoder.Encoded> {
  /**
   * The compressed clusters of a batch.
   *
   * @param lengths of the clusters; 0 for one that does not become smaller by a sector
   * @param data of those that do, one behind the other; to be given back
   */
  record Encoded(int[] lengths, ByteBuffer data) {}

  private final Source source;
  private final int clusterBits;
  private final int mostBytes;
  private final ClusterEncoder encoder;
  private final ByteBuffer clusters;
  private final BlockingQueue<ByteBuffer> buffers;

  /**
   * @param buffers where the room for the data is taken from
   */
  BatchEncoder(
      Source source, int clusterBits, Encoding encoding, BlockingQueue<ByteBuffer> buffers) {
    this.source = source;
    this.clusterBits = clusterBits;
    this.buffers = buffers;
    mostBytes = (1 << clusterBits) - Limits.SECTOR_SIZE;
    encoder = encoding.newEncoder();
    clusters = ByteBuffer.allocateDirect(ClusterBatch.clustersOf(clusterBits) << clusterBits);
  }

  @Override
  public Encoded work(ClusterBatch batch) throws IOException {
    read(batch.clusters());
    ByteBuffer out = takeBuffer();
    int[] lengths = new int[batch.clusters().length];
    for (int i = 0; i < lengths.length; i++) {
      clusters.limit((i + 1) << clusterBits).position(i << clusterBits);
      lengths[i] =
          mostBytes == 0
              ? ClusterEncoder.DOES_NOT_FIT
              : encoder.encode(clusters, out.limit(out.position() + mostBytes));
      out.position(out.position() + lengths[i]);
    }
    return new Encoded(lengths, out.flip());
  }

  private ByteBuffer takeBuffer() throws IOException {
    try {
      return buffers.take().clear();
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
  }

  private void read(long[] numbers) throws IOException {
    for (int i = 0; i < numbers.length; ) {
      int run = 1;
      while (i + run < numbers.length && numbers[i + run] == numbers[i] + run) {
        run++;
      }
      read(numbers[i] << clusterBits, i << clusterBits, run << clusterBits);
      i += run;
    }
  }

  private void read(long offset, int at, int length) throws IOException {
    // Only the disk's last cluster can reach beyond the end of the source.
    int there = Math.clamp(source.size() - offset, 0, length);
    clusters.limit(at + there).position(at);
    int count = source.read(clusters, offset);
    if (count < there) {
      throw SourceGuard.endedAt(source, offset + count);
    }
    clusters.limit(at + length);
    while (clusters.hasRemaining()) {
      clusters.put((byte) 0);
    }
  }

  void close() {
    encoder.close();
  }
}
