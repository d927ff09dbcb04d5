package io.github.qcow2tostdout.source.qcow2;

import io.github.qcow2tostdout.codec.ClusterDecoder;
import io.github.qcow2tostdout.codec.DamagedDataException;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.GuestRun;
import io.github.qcow2tostdout.image.OpenedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Reads and decodes compressed clusters; for any thread. */
final class ClusterReader implements AutoCloseable {
  private final OpenedImage image;
  private final int clusterSize;
  private final int maxInput;
  private final ConcurrentLinkedQueue<ClusterDecoder> idle = new ConcurrentLinkedQueue<>();

  ClusterReader(OpenedImage image) {
    this.image = image;
    clusterSize = image.clusterSize();
    // Twice the size of a cluster is what a descriptor can say; data is never larger than one.
    maxInput = Math.min(2 * clusterSize, BoundedFile.MAX_READ);
  }

  /**
   * The whole cluster.
   *
   * @throws ImageException.Corrupt if the data does not give one
   */
  byte[] read(GuestRun.Compressed run) throws IOException {
    ClusterDecoder decoder = take();
    try {
      decoder.decode(input(run, decoder));
      return decoder.cluster().clone();
    } catch (DamagedDataException e) {
      throw damaged(run, e);
    } finally {
      idle.add(decoder);
    }
  }

  private int input(GuestRun.Compressed run, ClusterDecoder decoder) throws IOException {
    int length = (int) Math.min(run.hostLength(), maxInput);
    // The last sector may lie behind the end of the file; QEMU takes zeroes for it.
    image
        .file()
        .readPadded(
            run.hostOffset(),
            ByteBuffer.wrap(decoder.input(), 0, length).slice(),
            "compressed cluster");
    return length;
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

  private ClusterDecoder take() {
    ClusterDecoder decoder = idle.poll();
    return decoder == null ? new ClusterDecoder(clusterSize, maxInput, image.isZstd()) : decoder;
  }

  /** Ends the decoders, none of which is in use any more. */
  @Override
  public void close() {
    for (ClusterDecoder decoder = idle.poll(); decoder != null; decoder = idle.poll()) {
      decoder.close();
    }
  }
}
