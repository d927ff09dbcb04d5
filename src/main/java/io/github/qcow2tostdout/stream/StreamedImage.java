package io.github.qcow2tostdout.stream;

import io.github.qcow2tostdout.format.Feature;
import io.github.qcow2tostdout.format.Header;
import io.github.qcow2tostdout.format.HeaderExtension;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.format.Limits;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.HeaderArea;
import io.github.qcow2tostdout.image.ImageStarts;
import io.github.qcow2tostdout.image.OpenRules;
import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Receives an image from a stream that can't be read twice. What a check will ask for is kept,
 * coded so that it takes little memory; everything else is read past. The result can be checked and
 * reported on as a file can.
 */
public final class StreamedImage {
  /** Bytes of memory that may go into what is kept, of the 256 MiB that a check may take. */
  static final long MAX_KEPT = 88L << 20;

  /** What a cluster that is wanted takes, at worst, until it has come. */
  private static final int WANTED_SIZE = 12;

  private final String name;
  private final ForwardStream stream;
  private final boolean deep;
  private final boolean evenRefused;
  private final Progress progress;

  /** Bytes that are to come in all, as far as is known. */
  private LongSupplier expected = () -> 0;

  private StreamedImage(
      String name, ReadableByteChannel in, boolean deep, boolean evenRefused, Progress progress) {
    this.name = name;
    this.deep = deep;
    this.evenRefused = evenRefused;
    this.progress = progress;
    stream = new ForwardStream(name, in, this::arrived);
  }

  /**
   * Reads a stream to its end.
   *
   * @param name what to call it
   * @param in from where it is now
   * @param deep whether compressed clusters are decoded when they go by
   * @param evenRefused whether one that QEMU would not open is received too; only its header area
   *     may be read then
   * @param progress is told at once, and whenever something came, how many bytes came, of those
   *     that the refcounts speak of
   * @return what a check of the image reads; other places of it must not be read
   * @throws ImageException.NotStreamable if something that a check reads has gone by before it was
   *     known, or takes too much memory; the stream is somewhere in the middle then
   * @throws ImageException if QEMU would not open it; likewise
   */
  public static BoundedFile receive(
      String name, ReadableByteChannel in, boolean deep, boolean evenRefused, Progress progress)
      throws IOException {
    return new StreamedImage(name, in, deep, evenRefused, progress).receive();
  }

  static ImageException tooMuch(String name) {
    return new ImageException.NotStreamable(
        name, "the tables are so irregular that they take more than " + MAX_KEPT + " bytes");
  }

  private BoundedFile receive() throws IOException {
    arrived(0);
    ByteBuffer front = receiveFront();
    int received = front.limit();
    OpenedImage image;
    try {
      image = open(file(front, received));
    } catch (ImageException.NotQcow2 | ImageException.NotStreamable e) {
      throw e;
    } catch (ImageException e) {
      if (!evenRefused) {
        throw e;
      }
      stream.skipTo(Long.MAX_VALUE);
      progress.report(Progress.Phase.READ, stream.position(), stream.position());
      return file(front, stream.position());
    }
    boolean encrypted = image.get(HeaderField.CRYPT_METHOD) != 0;
    if (!deep || encrypted || image.hasDataFile()) {
      return receive(image, front, Optional.empty());
    }
    try (StreamDecoder decoder = new StreamDecoder(image)) {
      return receive(image, front, Optional.of(decoder));
    }
  }

  /**
   * Receives the clusters that the header area may reach into; of what has none, the header.
   *
   * @return as much as has come; behind it zeroes, up to the end of a cluster
   */
  private ByteBuffer receiveFront() throws IOException {
    ByteBuffer start = ByteBuffer.allocate(Header.V3_LENGTH);
    start.put(stream.take(Header.V3_LENGTH));
    Header header = Header.read(start.duplicate().clear());
    if (!header.clusterBitsFit()) {
      return start.flip();
    }
    // The name of a backing file may start where the first cluster ends.
    int clusterSize = 1 << header.get(HeaderField.CLUSTER_BITS);
    int clusters = Math.ceilDiv(clusterSize + HeaderArea.MAX_BACKING_NAME, clusterSize);
    ByteBuffer front = ByteBuffer.allocate(clusters * clusterSize).put(start.flip());
    while (front.hasRemaining()) {
      ByteBuffer more = stream.take(Math.min(front.remaining(), clusterSize));
      if (!more.hasRemaining()) {
        break;
      }
      front.put(more);
    }
    return front.flip();
  }

  /** Receives what comes behind the front. */
  private BoundedFile receive(OpenedImage image, ByteBuffer front, Optional<StreamDecoder> decoder)
      throws IOException {
    int clusterBits = image.geometry().clusterBits();
    int clusterSize = image.clusterSize();
    KeptClusters kept =
        new KeptClusters(clusterBits, image.geometry().extendedL2(), image.hasDataFile());
    StreamPlan plan = new StreamPlan(image, kept, decoder);
    ImageStarts starts = new ImageStarts(clusterSize);
    expected = plan::expectedSize;
    int received = front.limit();
    front.limit(front.capacity());
    int cluster = 0;
    for (int at = 0; at < received; at += clusterSize) {
      ByteBuffer bytes = front.slice(at, clusterSize);
      ByteBuffer come = bytes.duplicate().limit(Math.min(clusterSize, received - at));
      starts.accept(come);
      if (decoder.isPresent()) {
        decoder.get().accept(come);
      }
      kept.add(cluster, KeptClusters.Kind.OFFSETS, bytes);
      plan.received(cluster, bytes);
      cluster++;
    }
    stream.listen(bytes -> {
      starts.accept(bytes);
      if (decoder.isPresent()) {
        decoder.get().accept(bytes);
      }
    });
    receiveTables(image, plan, kept, decoder);
    long size = stream.position();
    progress.report(Progress.Phase.READ, size, size);
    return BoundedFile.ofStream(name, kept, size, decoder.map(StreamDecoder::finish), starts);
  }

  /** A file of which nothing but the front is read. */
  private BoundedFile file(ByteBuffer front, long size) {
    return BoundedFile.ofStream(
        name,
        (to, offset) -> {
          int length = (int) Math.min(to.remaining(), front.limit() - offset);
          if (length <= 0) {
            return -1;
          }
          to.put(front.slice((int) offset, length));
          return length;
        },
        size,
        Optional.empty(),
        new ImageStarts(Limits.SECTOR_SIZE));
  }

  private OpenedImage open(BoundedFile front) throws IOException {
    HeaderArea area = HeaderArea.read(front);
    boolean bitmaps = Feature.BITMAPS.isSetIn(area.header());
    if (bitmaps && area.extension(HeaderExtension.BITMAPS).isPresent()) {
      throw new ImageException.NotStreamable(
          name, "it has bitmaps, whose directory is not where a check can wait for it");
    }
    OpenedImage image = OpenRules.open(front);
    if (image.get(HeaderField.NB_SNAPSHOTS) != 0) {
      throw new ImageException.NotStreamable(
          name,
          "it has snapshots, whose table is at byte "
              + Long.toUnsignedString(image.get(HeaderField.SNAPSHOTS_OFFSET))
              + " and their L1 tables before it");
    }
    return image;
  }

  private void receiveTables(
      OpenedImage image, StreamPlan plan, KeptClusters kept, Optional<StreamDecoder> decoder)
      throws IOException {
    int clusterBits = image.geometry().clusterBits();
    int clusterSize = image.clusterSize();
    long from = Math.ceilDiv(stream.position(), (long) clusterSize);
    ByteBuffer last = ByteBuffer.allocate(clusterSize);
    for (long cluster = plan.next(from);
        cluster != WantedClusters.NONE && stream.skipTo(cluster << clusterBits);
        cluster = plan.next(cluster + 1)) {
      ByteBuffer bytes = stream.take(clusterSize);
      if (!bytes.hasRemaining()) {
        break;
      }
      if (bytes.remaining() < clusterSize) {
        last.put(bytes);
        bytes = last.clear();
      }
      kept.add(cluster, plan.kind(cluster), bytes);
      plan.received(cluster, bytes);
      long memory = kept.size() + plan.size() * WANTED_SIZE;
      if (memory + decoder.map(StreamDecoder::size).orElse(0L) > MAX_KEPT) {
        throw tooMuch(name);
      }
    }
    stream.skipTo(Long.MAX_VALUE);
  }

  private void arrived(long received) {
    long total = expected.getAsLong();
    if (total == 0) {
      progress.report(Progress.Phase.READ, received, Progress.UNKNOWN);
    } else if (received < total) {
      progress.report(Progress.Phase.READ, received, total);
    }
  }
}
