package io.github.qcow2tostdout.restore;

import io.github.qcow2tostdout.codec.ClusterDecoder;
import io.github.qcow2tostdout.codec.DamagedDataException;
import io.github.qcow2tostdout.codec.LibraryDecoder;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.work.OrderedWork;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;

/** Decodes compressed clusters by several threads; what comes of them comes in order. */
final class ClusterDecoding implements AutoCloseable {
  private static final int MAX_THREADS = 8;

  /** What the threads may take together; a large cluster is there several times for each. */
  private static final int MAX_MEMORY = 32 << 20;

  /** When so much has come the libraries pay for their first call. */
  private static final long MIN_SIZE_FOR_LIBRARIES = 16L << 20;

  /** Is given what was decoded. */
  @FunctionalInterface
  interface Decoded {
    /** The clusters of a batch; they hold until this returns. */
    void accept(DecodingBatch batch) throws IOException;
  }

  private final OpenedImage image;
  private final int clusterBits;
  private final int maxLength;
  private final Decoded decoded;
  private final List<Decoders> decoders = new ArrayList<>();
  private final Queue<DecodingBatch> idle = new ArrayDeque<>();
  private final OrderedWork<DecodingBatch, Long> work;
  private DecodingBatch open;

  /** Whether so much has come. */
  private volatile boolean much;

  /** Bytes of data that the clusters took by now. */
  private long consumed;

  ClusterDecoding(OpenedImage image, Decoded decoded) {
    this.image = image;
    this.decoded = decoded;
    clusterBits = image.geometry().clusterBits();
    maxLength = Math.min(2 << clusterBits, BoundedFile.MAX_READ);
    // A batch that is decoded and one that waits, and what a decoder has of its own.
    int perThread = 2 * DecodingBatch.memory(clusterBits, maxLength) + (1 << clusterBits);
    int threads =
        Math.clamp(
            MAX_MEMORY / perThread,
            1,
            Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors()));
    int waiting = 2 << clusterBits > DecodingBatch.SIZE ? 1 : 2;
    work =
        new OrderedWork<>(
            threads, threads == 1 ? 1 : threads + waiting, Optional::empty, this::worker);
    open = newBatch();
  }

  private DecodingBatch newBatch() {
    DecodingBatch batch = idle.poll();
    return batch == null ? new DecodingBatch(clusterBits, maxLength) : batch;
  }

  private OrderedWork.Worker<DecodingBatch, Long> worker() {
    Decoders decoder = new Decoders();
    decoders.add(decoder);
    return decoder;
  }

  /** Those of one thread: the library's, and the one that says what is wrong. */
  private final class Decoders implements OrderedWork.Worker<DecodingBatch, Long> {
    private Optional<ClusterDecoder> judge = Optional.empty();
    private Optional<LibraryDecoder> library = Optional.empty();
    private boolean asked;

    /** Decodes a batch; how many bytes of data it took, at least. */
    @Override
    public Long work(DecodingBatch batch) throws IOException {
      if (much && !asked) {
        asked = true;
        library = LibraryDecoder.of(1 << clusterBits, maxLength, image.isZstd());
      }
      long read = 0;
      for (int i = 0; i < batch.count(); i++) {
        decode(batch, i);
        read += KeptTables.leastLength(batch.length(i));
      }
      return read;
    }

    private void decode(DecodingBatch batch, int i) throws IOException {
      int length = batch.length(i);
      if (library.isPresent()) {
        library.get().input().put(0, batch.data(), batch.from(i), length);
        if (library.get().decode(length)) {
          batch.decoded(i).put(library.get().cluster());
          return;
        }
      }
      ClusterDecoder decoder = judge();
      System.arraycopy(batch.data(), batch.from(i), decoder.input(), 0, length);
      try {
        decoder.decode(length);
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

    private ClusterDecoder judge() {
      if (judge.isEmpty()) {
        judge = Optional.of(new ClusterDecoder(1 << clusterBits, maxLength, image.isZstd()));
      }
      return judge.get();
    }

    void close() {
      library.ifPresent(LibraryDecoder::close);
      judge.ifPresent(ClusterDecoder::close);
    }
  }

  /**
   * A batch that has room for data, which is to be put behind that of the others and added.
   *
   * @param available bytes of the image that have come
   * @throws ImageException.Corrupt if clusters share data: an honest image's don't
   */
  DecodingBatch room(int length, long available) throws IOException {
    if (consumed > available + image.clusterSize()) {
      throw new ImageException.Corrupt(
          image.file().name(),
          "there is more compressed data than the file has bytes: clusters share it",
          "refuse it: it was made to keep readers busy");
    }
    much = available >= MIN_SIZE_FOR_LIBRARIES;
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

  private void done(DecodingBatch batch, long read) throws IOException {
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
    decoders.forEach(Decoders::close);
  }
}
