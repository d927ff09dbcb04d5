package io.github.qcow2tostdout.source.qcow2;

import io.github.qcow2tostdout.codec.ClusterDecoder;
import io.github.qcow2tostdout.codec.DamagedDataException;
import io.github.qcow2tostdout.codec.FirstBytes;
import io.github.qcow2tostdout.codec.LibraryDecoder;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.GuestRun;
import io.github.qcow2tostdout.image.OpenedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Reads and decodes compressed clusters; for any thread. */
final class ClusterReader implements AutoCloseable {
  /** From here on the libraries pay for their first call. */
  private static final long MIN_SIZE_FOR_LIBRARIES = 16L << 20;

  private final OpenedImage image;
  private final int clusterSize;
  private final int maxInput;
  private final Queue<Decoders> idle = new ConcurrentLinkedQueue<>();

  private final Queue<FirstBytes> idleFirst = new ConcurrentLinkedQueue<>();

  /** Those of one thread. */
  private record Decoders(Optional<LibraryDecoder> library, ClusterDecoder judge) {
    void close() {
      library.ifPresent(LibraryDecoder::close);
      judge.close();
    }
  }

  ClusterReader(OpenedImage image) {
    this.image = image;
    clusterSize = image.clusterSize();
    // Twice the size of a cluster is what a descriptor can say; data is never larger than one.
    maxInput = Math.min(2 * clusterSize, BoundedFile.MAX_READ);
  }

  /**
   * Decodes the cluster of which a run is all or a part.
   *
   * @param cluster gets all of it
   * @throws ImageException.Corrupt if the data does not give one
   */
  void read(GuestRun.Compressed run, byte[] cluster) throws IOException {
    Decoders decoders = take();
    try {
      int length = (int) Math.min(run.hostLength(), maxInput);
      if (decoders.library().isPresent()) {
        LibraryDecoder library = decoders.library().get();
        read(run, library.input().limit(length).slice());
        if (library.decode(length)) {
          library.cluster().get(cluster);
          return;
        }
      }
      ClusterDecoder judge = decoders.judge();
      read(run, ByteBuffer.wrap(judge.input(), 0, length).slice());
      judge.decode(length);
      System.arraycopy(judge.cluster(), 0, cluster, 0, clusterSize);
    } catch (DamagedDataException e) {
      throw damaged(run, e);
    } finally {
      idle.add(decoders);
    }
  }

  /** Whether a cluster has a byte that is not zero; false if that is not seen at once. */
  boolean surelyHoldsData(GuestRun.Compressed run) throws IOException {
    FirstBytes first = idleFirst.poll();
    if (first == null) {
      first = new FirstBytes(maxInput, image.isZstd());
    }
    try {
      int length = (int) Math.min(run.hostLength(), maxInput);
      read(run, ByteBuffer.wrap(first.input(), 0, length).slice());
      return first.holdData(length);
    } finally {
      idleFirst.add(first);
    }
  }

  /** The last sector may lie behind the end of the file; QEMU takes zeroes for it. */
  private void read(GuestRun.Compressed run, ByteBuffer to) throws IOException {
    image.file().readPadded(run.hostOffset(), to, "compressed cluster");
  }

  private ImageException.Corrupt damaged(GuestRun.Compressed run, DamagedDataException e) {
    return new ImageException.Corrupt(
        image.file().name(),
        "guest offset "
            + (run.guestOffset() - run.skipped())
            + ": compressed data at byte "
            + run.hostOffset()
            + " can't be decoded: "
            + e.getMessage(),
        "get a whole copy; 'qcow2-to-stdout check --deep' tells all that is wrong");
  }

  private Decoders take() {
    Decoders decoders = idle.poll();
    if (decoders != null) {
      return decoders;
    }
    Optional<LibraryDecoder> library =
        image.file().size() < MIN_SIZE_FOR_LIBRARIES
            ? Optional.empty()
            : LibraryDecoder.of(clusterSize, maxInput, image.isZstd());
    return new Decoders(library, new ClusterDecoder(clusterSize, maxInput, image.isZstd()));
  }

  /** Ends the decoders, none of which is in use any more. */
  @Override
  public void close() {
    for (Decoders decoders = idle.poll(); decoders != null; decoders = idle.poll()) {
      decoders.close();
    }
    for (FirstBytes first = idleFirst.poll(); first != null; first = idleFirst.poll()) {
      first.close();
    }
  }
}
