package io.github.qcow2tostdout.stream;

import io.github.qcow2tostdout.format.Feature;
import io.github.qcow2tostdout.format.Header;
import io.github.qcow2tostdout.format.HeaderExtension;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.format.Limits;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.DecodedClusters;
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

  /** How much is handed on at once in whole clusters: what stays in the processor's cache. */
  private static final int STEP = 256 << 10;

  private final String name;
  private final ForwardStream stream;
  private final Optional<StreamFollower.Maker> maker;
  private final boolean evenRefused;
  private final Progress progress;

  /** Bytes that are to come in all, as far as is known. */
  private LongSupplier expected = () -> 0;

  /** Whether what goes by may be named by a table that comes later. */
  private boolean mayBeNamedLater;

  private StreamedImage(
      String name,
      ReadableByteChannel in,
      Optional<StreamFollower.Maker> maker,
      boolean evenRefused,
      Progress progress) {
    this.name = name;
    this.maker = maker;
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
    Optional<StreamFollower.Maker> maker =
        deep ? Optional.of((image, tables) -> decoder(image)) : Optional.empty();
    return new StreamedImage(name, in, maker, evenRefused, progress).receiveAll();
  }

  /**
   * Reads a stream to its end, and has its data followed.
   *
   * @param maker of who follows it
   * @return as the other, when all was followed
   * @throws IOException as the other, and what the follower throws
   */
  public static BoundedFile follow(
      String name, ReadableByteChannel in, StreamFollower.Maker maker, Progress progress)
      throws IOException {
    return new StreamedImage(name, in, Optional.of(maker), false, progress).receiveAll();
  }

  /** For a check; nothing can be decoded of data that is encrypted, or in another file. */
  private static StreamFollower decoder(OpenedImage image) {
    boolean encrypted = image.get(HeaderField.CRYPT_METHOD) != 0;
    return encrypted || image.hasDataFile() ? new NoFollower() : new StreamDecoder(image);
  }

  static ImageException tooMuch(String name) {
    return new ImageException.NotStreamable(
        name, "the tables are so irregular that they take more than " + MAX_KEPT + " bytes");
  }

  private BoundedFile receiveAll() throws IOException {
    try (stream) {
      return receive();
    }
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
    KeptClusters kept =
        new KeptClusters(
            image.geometry().clusterBits(), image.geometry().extendedL2(), image.hasDataFile());
    if (maker.isEmpty()) {
      return receive(image, front, kept, Optional.empty());
    }
    try (StreamFollower follower = maker.get().follow(image, kept)) {
      return receive(image, front, kept, Optional.of(follower));
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
  private BoundedFile receive(
      OpenedImage image, ByteBuffer front, KeptClusters kept, Optional<StreamFollower> follower)
      throws IOException {
    int clusterSize = image.clusterSize();
    StreamPlan plan = new StreamPlan(image, kept, follower);
    ImageStarts starts = new ImageStarts(clusterSize);
    expected = plan::expectedSize;
    ForwardStream.Listener listener =
        bytes -> {
          starts.accept(bytes.duplicate());
          if (follower.isPresent()) {
            follower.get().accept(bytes, mayBeNamedLater);
          }
        };
    int received = front.limit();
    front.limit(front.capacity());
    int cluster = 0;
    for (int at = 0; at < received; at += clusterSize) {
      ByteBuffer bytes = front.slice(at, clusterSize);
      mayBeNamedLater = cluster > 0 && plan.next(cluster) != cluster;
      listener.accept(bytes.duplicate().limit(Math.min(clusterSize, received - at)));
      kept.add(cluster, KeptClusters.Kind.OFFSETS, bytes);
      plan.received(cluster, bytes);
      cluster++;
    }
    stream.listen(listener);
    receiveTables(image, plan, kept, follower);
    long size = stream.position();
    progress.report(Progress.Phase.READ, size, size);
    Optional<DecodedClusters> decoded =
        follower.isPresent() ? follower.get().finish() : Optional.empty();
    return BoundedFile.ofStream(name, kept, size, decoded, starts);
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
      OpenedImage image, StreamPlan plan, KeptClusters kept, Optional<StreamFollower> follower)
      throws IOException {
    int clusterSize = image.clusterSize();
    long from = Math.ceilDiv(stream.position(), (long) clusterSize);
    ByteBuffer last = ByteBuffer.allocate(clusterSize);
    for (long cluster = plan.next(from);
        cluster != WantedClusters.NONE && goOnTo(cluster, plan, image, follower);
        cluster = plan.next(cluster + 1)) {
      mayBeNamedLater = false;
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
      if (memory + follower.map(StreamFollower::memory).orElse(0L) > MAX_KEPT) {
        throw tooMuch(name);
      }
    }
    goOnTo(WantedClusters.NONE, plan, image, follower);
  }

  /** Goes on to a cluster; false if the stream ends before. */
  private boolean goOnTo(
      long cluster, StreamPlan plan, OpenedImage image, Optional<StreamFollower> follower)
      throws IOException {
    long target =
        cluster == WantedClusters.NONE ? Long.MAX_VALUE : cluster << image.geometry().clusterBits();
    mayBeNamedLater = plan.awaitsL2Tables(cluster);
    return (follower.isPresent() && follower.get().wantsWholeClusters())
        ? stream.stepTo(target, Math.max(STEP, image.clusterSize()))
        : stream.skipTo(target);
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
