package io.github.qcow2tostdout.restore;

import io.github.qcow2tostdout.codec.ClusterDecoder;
import io.github.qcow2tostdout.codec.DamagedDataException;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.work.OrderedWork;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/** Decodes compressed clusters by several threads; what comes of them comes in order. */
final class ClusterDecoding implements AutoCloseable {
  private static final int MAX_THREADS = 8;

  /** Is given what was decoded. */
  @FunctionalInterface
  interface Decoded {
    /** The clusters of a batch; they hold until this returns. */
    void accept(ClusterBatch batch) throws IOException;
  }

  private final OpenedImage image;
  private final int clusterBits;
  private final int maxLength;
  private final Decoded decoded;
  private final List<ClusterDecoder> decoders = new ArrayList<>();
  private final Queue<ClusterBatch> idle = new ArrayDeque<>();
  private final OrderedWork<ClusterBatch, Long> work;
  private ClusterBatch open;

  /** Bytes of data that the clusters took by now. */
  private long consumed;

  ClusterDecoding(OpenedImage image, Decoded decoded) {
    this.image = image;
    this.decoded = decoded;
    clusterBits = image.geometry().clusterBits();
    maxLength = Math.min(2 << clusterBits, BoundedFile.MAX_READ);
    int threads = Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors());
    work =
        new OrderedWork<>(
            threads, threads == 1 ? 1 : threads + 2, java.util.Optional::empty, this::worker);
    open = newBatch();
  }

  private ClusterBatch newBatch() {
    ClusterBatch batch = idle.poll();
    return batch == null ? new ClusterBatch(clusterBits, maxLength) : batch;
  }

  private OrderedWork.Worker<ClusterBatch, Long> worker() {
    ClusterDecoder decoder = new ClusterDecoder(1 << clusterBits, maxLength, image.isZstd());
    decoders.add(decoder);
    return batch -> decode(decoder, batch);
  }

  /** Bytes of data that were read. */
  private long decode(ClusterDecoder decoder, ClusterBatch batch) throws IOException {
    long before = decoder.consumed();
    for (int i = 0; i < batch.count(); i++) {
      System.arraycopy(batch.data(), batch.from(i), decoder.input(), 0, batch.length(i));
      try {
        decoder.decode(batch.length(i));
      } catch (DamagedDataException e) {
        throw new ImageException.Corrupt(
            image.file().name(),
            "guest offset "
                + batch.guestOffset(i)
                + ": compressed data at byte "
                + batch.hostOffset(i)
                + " can't be decoded: "
                + e.getMessage(),
            "get a whole copy; 'qcow2-to-stdout check --deep' tells all that is wrong");
      }
      batch.decoded(i).put(decoder.cluster());
    }
    return decoder.consumed() - before;
  }

  /**
   * A batch that has room for data, which is to be put behind that of the others and added.
   *
   * @param available bytes of the image that have come
   * @throws ImageException.Corrupt if clusters share data: an honest image's don't
   */
  ClusterBatch room(int length, long available) throws IOException {
    if (consumed > available + image.clusterSize()) {
      throw new ImageException.Corrupt(
          image.file().name(),
          "there is more compressed data than the file has bytes: clusters share it",
          "refuse it: it was made to keep readers busy");
    }
    if (!open.hasRoom(length)) {
      begin();
    }
    return open;
  }

  private void begin() throws IOException {
    if (open.count() > 0) {
      work.add(open, this::done);
      open = newBatch();
    }
  }

  private void done(ClusterBatch batch, long read) throws IOException {
    consumed += read;
    decoded.accept(batch);
    batch.clear();
    idle.add(batch);
  }

  /** Decodes what is still to be decoded, and passes it on. */
  void finish() throws IOException {
    begin();
    while (work.next(this::done)) {
      // Until there is no more.
    }
  }

  @Override
  public void close() {
    work.close();
    decoders.forEach(ClusterDecoder::close);
  }
}
