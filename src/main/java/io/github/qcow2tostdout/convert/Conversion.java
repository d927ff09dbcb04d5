package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.codec.DigestAlgorithm;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.luks.NewHeader;
import io.github.qcow2tostdout.plan.AllocationMap;
import io.github.qcow2tostdout.plan.FirstPass;
import io.github.qcow2tostdout.plan.ImageOptions;
import io.github.qcow2tostdout.plan.LayoutPlan;
import io.github.qcow2tostdout.plan.Placement;
import io.github.qcow2tostdout.scan.BitmapScan;
import io.github.qcow2tostdout.scan.CarriedBitmap;
import io.github.qcow2tostdout.scan.ChangeDetection;
import io.github.qcow2tostdout.scan.ScanOptions;
import io.github.qcow2tostdout.scan.ScanStrategy;
import io.github.qcow2tostdout.scan.SourceGuard;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A disk that has been scanned, and the plan of its image: from here on every byte is decided. */
public final class Conversion {
  private final SourceGuard guard;
  private final Prepared prepared;
  private final LayoutPlan plan;
  private final Optional<CompressionOptions> compression;
  private final Progress progress;
  private final List<CarriedBitmap> bitmaps;

  /** The LUKS header, and the key that the data is encrypted with. */
  private Optional<NewHeader> crypto = Optional.empty();

  private Conversion(
      SourceGuard guard,
      Prepared prepared,
      LayoutPlan plan,
      Optional<CompressionOptions> compression,
      List<CarriedBitmap> bitmaps,
      Progress progress) {
    this.guard = guard;
    this.prepared = prepared;
    this.plan = plan;
    this.compression = compression;
    this.progress = progress;
    this.bitmaps = bitmaps;
  }

  /** The same, with changes of the disk told by its identity. */
  public static Conversion prepare(
      Source source, ImageOptions options, ScanOptions scan, Progress progress) throws IOException {
    return prepare(source, options, scan, ChangeDetection.BY_IDENTITY, progress);
  }

  /**
   * Scans a disk and plans its image. A raw external data file needs no scan.
   *
   * @param detection how a change of the disk is noticed; by its content only if that is inside
   * @throws IllegalArgumentException if the options of the image and the scan contradict each other
   * @throws ImageException.Unsupported if QEMU would refuse to open the image
   * @throws ImageException.SourceChanged if the disk was written during the scan
   * @throws IOException if the disk can't be read
   */
  public static Conversion prepare(
      Source source,
      ImageOptions options,
      ScanOptions scan,
      ChangeDetection detection,
      Progress progress)
      throws IOException {
    return prepare(source, options, scan, Optional.empty(), detection, progress);
  }

  /**
   * As the other, and compresses.
   *
   * @param compression how, if the options of the image say that there is any
   */
  public static Conversion prepare(
      Source source,
      ImageOptions options,
      ScanOptions scan,
      Optional<CompressionOptions> compression,
      ChangeDetection detection,
      Progress progress)
      throws IOException {
    if (options.compression().isPresent() != compression.isPresent()) {
      throw new IllegalArgumentException("either compressed, or not");
    }
    if (detection.content() && !options.dataInside()) {
      throw new IllegalArgumentException("the data is not read a second time");
    }
    if (scan.keepZeroes() && options.version() == 2) {
      throw new IllegalArgumentException("version 2 has no clusters that read as zeroes");
    }
    if (options.rawDataFile() && (scan.keepZeroes() || scan.base().isPresent())) {
      throw new IllegalArgumentException("a raw data file maps every cluster");
    }
    SourceGuard guard = SourceGuard.of(source, scan.base(), detection.sign());
    ImageOptions all = options.withBitmaps(BitmapScan.run(scan.bitmaps(), options.geometry()));
    Prepared prepared = Prepared.scan(source, all, scan, compression, detection, progress);
    guard.verify();
    return of(guard, prepared, compression, scan.bitmaps(), progress);
  }

  /**
   * As {@link #prepare}, with a first pass that was made before: nothing is scanned.
   *
   * @param compression how, if the first pass has lengths
   */
  public static Conversion planned(
      Source source,
      FirstPass first,
      Optional<CompressionOptions> compression,
      ChangeDetection detection,
      Progress progress)
      throws IOException {
    if (detection.content() && (first.compared() || !first.options().dataInside())) {
      throw new IllegalArgumentException("what is not stored can't be compared");
    }
    SourceGuard guard = SourceGuard.of(source, Optional.empty(), detection.sign());
    Prepared prepared = Prepared.known(source, first, ScanOptions.TEST_ALL, detection, progress);
    return of(guard, prepared, compression, List.of(), progress);
  }

  private static Conversion of(
      SourceGuard guard,
      Prepared prepared,
      Optional<CompressionOptions> compression,
      List<CarriedBitmap> bitmaps,
      Progress progress)
      throws IOException {
    FirstPass first = prepared.first();
    String name = prepared.source().name();
    LayoutPlan plan =
        first.lengths().isPresent()
            ? LayoutPlan.of(
                first.options(), prepared.map(), new Placement.Packed(first.lengths().get()), name)
            : LayoutPlan.of(first.options(), prepared.map(), name);
    return new Conversion(guard, prepared, plan, compression, bitmaps, progress);
  }

  /** What the first pass has found. */
  public FirstPass firstPass() {
    return prepared.first();
  }

  /** Throws if the disk has changed. */
  public void verify() throws IOException {
    guard.verify();
  }

  /** Says what the clusters are encrypted with; to be said before they are written, if they are. */
  public void encryptWith(NewHeader header) {
    crypto = Optional.of(header);
  }

  /** Where everything lies in the image. */
  public LayoutPlan plan() {
    return plan;
  }

  /** What of the disk the image maps. */
  public AllocationMap allocation() {
    return prepared.map();
  }

  /** Bytes of the image. */
  public long imageSize() {
    return plan.imageSize();
  }

  /** Bytes of the image if every guest cluster were allocated. */
  public long fullyAllocatedSize() {
    return plan.fullyAllocated().imageSize();
  }

  /** Bytes of the disk, as the image has it. */
  public long diskSize() {
    return prepared.map().diskSize();
  }

  /** Guest clusters of the disk. */
  public long guestClusters() {
    return prepared.map().geometry().clusters(prepared.map().diskSize());
  }

  /** Guest clusters that are allocated. */
  public long allocatedClusters() {
    return prepared.map().clusters().count();
  }

  /** Bytes of the disk that are mapped as zeroes and take no space. */
  public long zeroBytes() {
    AllocationMap map = prepared.map();
    return map.grains().zero().count() << map.geometry().grainBits();
  }

  /** How long it was waited, at first, until the disk's time stamps could prove something. */
  public Duration waited() {
    return guard.waited();
  }

  /** How the scan went about it, for the log. */
  public String strategy() {
    return prepared.strategy().map(ScanStrategy::toString).orElse("by a plan");
  }

  /**
   * Writes the range of the image that the output takes.
   *
   * @throws OutputException if the output fails
   * @throws ImageException.SourceChanged if the disk was written since it was opened; what the
   *     output has is to be discarded
   * @throws IOException if the disk can't be read
   */
  public void write(SequentialOutput out) throws IOException {
    write(out, Frame.NONE, Optional.empty());
  }

  /**
   * Writes the range that the output takes of the image with something around it.
   *
   * @param content what is to be known too before the disk is compared for the last time
   */
  public void write(SequentialOutput out, Frame frame, Optional<ContentDigest> content)
      throws IOException {
    Optional<Verification> verification = prepared.verification();
    boolean advising = strategyOf(out.from(), out.to()).readAhead();
    DataRenderer data =
        new DataRenderer(
            prepared.map(),
            prepared.source(),
            guard,
            // What is compressed is not read while it is written: it is compared at the end.
            compression.isPresent() ? Optional.empty() : verification.map(Verification::comparison),
            advising,
            prepared.grainwise());
    new ImageRenderer(
            plan,
            prepared.map(),
            data,
            compression.map(it -> packed(it, data, advising)),
            bitmaps,
            crypto)
        .render(frame, out);
    if (content.isPresent()) {
      content.get().await(progress);
    }
    if (verification.isPresent()) {
      if (compression.isPresent() || content.isPresent()) {
        verification.get().verifyStored();
      }
      verification.get().verifyRest();
    }
    guard.verify();
  }

  /** How a part of the image is read. */
  private ScanStrategy strategyOf(long from, long to) throws IOException {
    return prepared.strategy().isPresent()
        ? prepared.strategy().get()
        : PlannedReading.choose(prepared.source(), prepared.map(), plan, from, to);
  }

  /** Begins to read the guest's bytes for digests of them. */
  public ContentDigest contentDigest(List<DigestAlgorithm> algorithms) throws IOException {
    AllocationMap map = prepared.map();
    return prepared.knownByGrains()
        ? ContentDigest.start(
            prepared.source(), map.grains().data(), map.geometry().grainBits(), algorithms)
        : ContentDigest.start(prepared.source(), algorithms);
  }

  /** Waits for digests of the guest's bytes where no image is written. */
  public void await(ContentDigest content) throws IOException {
    content.await(progress);
    guard.verify();
  }

  private PackedRenderer packed(CompressionOptions how, DataRenderer data, boolean advising) {
    return new PackedRenderer(
        prepared.map(), prepared.source(), guard, data, how, prepared.cache(), advising);
  }

  /** How many clusters are compressed, and what they and the cache take. */
  public Optional<CompressionStatistics> compression() {
    return prepared
        .first()
        .lengths()
        .map(lengths ->
            new CompressionStatistics(
                lengths.compressed(),
                lengths.compressedBytes(),
                prepared.cache().size(),
                compression.orElseThrow()));
  }
}
