package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.codec.DigestAlgorithm;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.plan.AllocationMap;
import io.github.qcow2tostdout.plan.Grains;
import io.github.qcow2tostdout.plan.ImageOptions;
import io.github.qcow2tostdout.plan.LayoutPlan;
import io.github.qcow2tostdout.plan.Placement;
import io.github.qcow2tostdout.plan.ReachCheck;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A disk that has been scanned, and the plan of its image: from here on every byte is decided. */
public final class Conversion {
  private final Source source;
  private final SourceGuard guard;
  private final AllocationMap map;
  private final LayoutPlan plan;
  private final ScanStrategy strategy;
  private final boolean grainwise;

  /** Whether what is no data in the map is zeroes. */
  private final boolean knownByGrains;

  private final Progress progress;
  private final Optional<Compressed> compressed;

  /** What the first pass compressed, and how. */
  private record Compressed(CompressionScan scan, CompressionOptions options) {}

  private final Optional<Verification> verification;

  private Conversion(
      Source source,
      SourceGuard guard,
      AllocationMap map,
      LayoutPlan plan,
      ScanStrategy strategy,
      boolean grainwise,
      boolean knownByGrains,
      Progress progress,
      Optional<Compressed> compressed,
      Optional<Verification> verification) {
    this.source = source;
    this.guard = guard;
    this.map = map;
    this.plan = plan;
    this.strategy = strategy;
    this.grainwise = grainwise;
    this.knownByGrains = knownByGrains;
    this.progress = progress;
    this.compressed = compressed;
    this.verification = verification;
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
    long diskSize = AllocationMap.diskSize(source.size());
    ReachCheck.verifyBeforeScan(options, diskSize, source.name());
    AllocationMap map;
    ScanStrategy strategy;
    Optional<KeepingSource> keeping = keeping(source, options, scan, detection);
    Source read = keeping.isPresent() ? keeping.get() : source;
    boolean zeroFlag = options.version() == 3;
    if (options.rawDataFile()) {
      strategy = ScanStrategy.CACHED;
      map = AllocationMap.full(options.geometry(), diskSize);
    } else {
      strategy =
          scan.base().isPresent()
              ? ScanStrategy.choose(source, scan.base().get())
              : ScanStrategy.choose(source);
      Grains grains =
          new AllocationScan(read, scan, options.geometry(), zeroFlag, strategy, progress)
              .keeping(keeping)
              .run();
      keeping.ifPresent(KeepingSource::endScan);
      map = AllocationMap.of(options.geometry(), diskSize, grains);
    }
    // What is not data is zeroes, unless it is what the base has.
    boolean grainwise = options.geometry().extendedL2() && scan.base().isPresent();
    Optional<Verification> verification =
        detection.content()
            ? Optional.of(
                new Verification(source, scan, zeroFlag, strategy, map, grainwise, progress))
            : Optional.empty();
    Optional<Compressed> compressed = Optional.empty();
    if (compression.isPresent()) {
      compressed =
          Optional.of(
              new Compressed(
                  CompressionScan.run(
                      read,
                      map,
                      compression.get().less(keeping.map(KeepingSource::keptBytes).orElse(0L)),
                      strategy.readAhead(),
                      progress),
                  compression.get()));
    }
    guard.verify();
    LayoutPlan plan =
        compressed.isPresent()
            ? LayoutPlan.of(
                options,
                map,
                new Placement.Packed(compressed.get().scan().lengths()),
                source.name())
            : LayoutPlan.of(options, map, source.name());
    return new Conversion(
        read,
        guard,
        map,
        plan,
        strategy,
        grainwise,
        scan.base().isEmpty() && !options.rawDataFile(),
        progress,
        compressed,
        verification);
  }

  private static Optional<KeepingSource> keeping(
      Source source, ImageOptions options, ScanOptions scan, ChangeDetection detection) {
    // A comparison reads twice, because it is the second reading that it is about.
    return scan.keptBytes() > 0
            && options.dataInside()
            && scan.base().isEmpty()
            && !detection.content()
        ? Optional.of(new KeepingSource(source, scan.keptBytes()))
        : Optional.empty();
  }

  /** Where everything lies in the image. */
  public LayoutPlan plan() {
    return plan;
  }

  /** What of the disk the image maps. */
  public AllocationMap allocation() {
    return map;
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
    return map.diskSize();
  }

  /** Guest clusters of the disk. */
  public long guestClusters() {
    return map.geometry().clusters(map.diskSize());
  }

  /** Guest clusters that are allocated. */
  public long allocatedClusters() {
    return map.clusters().count();
  }

  /** Bytes of the disk that are mapped as zeroes and take no space. */
  public long zeroBytes() {
    return map.grains().zero().count() << map.geometry().grainBits();
  }

  /** How long it was waited, at first, until the disk's time stamps could prove something. */
  public Duration waited() {
    return guard.waited();
  }

  /** How the scan went about it, for the log. */
  public String strategy() {
    return strategy.toString();
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
    DataRenderer data =
        new DataRenderer(
            map,
            source,
            guard,
            // What is compressed is not read while it is written: it is compared at the end.
            compressed.isPresent() ? Optional.empty() : verification.map(Verification::comparison),
            strategy.readAhead(),
            grainwise);
    new ImageRenderer(plan, map, data, compressed.map(it -> packed(it, data))).render(frame, out);
    if (content.isPresent()) {
      content.get().await(progress);
    }
    if (verification.isPresent()) {
      if (compressed.isPresent() || content.isPresent()) {
        verification.get().verifyStored();
      }
      verification.get().verifyRest();
    }
    guard.verify();
  }

  /** Begins to read the guest's bytes for digests of them. */
  public ContentDigest contentDigest(List<DigestAlgorithm> algorithms) throws IOException {
    return knownByGrains
        ? ContentDigest.start(source, map.grains().data(), map.geometry().grainBits(), algorithms)
        : ContentDigest.start(source, algorithms);
  }

  /** Waits for digests of the guest's bytes where no image is written. */
  public void await(ContentDigest content) throws IOException {
    content.await(progress);
    guard.verify();
  }

  private PackedRenderer packed(Compressed what, DataRenderer data) {
    return new PackedRenderer(
        map, source, guard, data, what.options(), what.scan().cache(), strategy.readAhead());
  }

  /** How many clusters are compressed, and what they and the cache take. */
  public Optional<CompressionStatistics> compression() {
    return compressed.map(it ->
        new CompressionStatistics(
            it.scan().lengths().compressed(),
            it.scan().lengths().compressedBytes(),
            it.scan().cache().size(),
            it.options()));
  }
}
