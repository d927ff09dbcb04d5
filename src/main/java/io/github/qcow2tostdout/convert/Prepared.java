package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.plan.AllocationMap;
import io.github.qcow2tostdout.plan.FirstPass;
import io.github.qcow2tostdout.plan.Grains;
import io.github.qcow2tostdout.plan.ImageOptions;
import io.github.qcow2tostdout.plan.ReachCheck;
import io.github.qcow2tostdout.scan.AllocationScan;
import io.github.qcow2tostdout.scan.ChangeDetection;
import io.github.qcow2tostdout.scan.KeepingSource;
import io.github.qcow2tostdout.scan.ScanOptions;
import io.github.qcow2tostdout.scan.ScanStrategy;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.util.Optional;

/**
 * What there is when the first pass is over, whether it was made now or is known from a plan.
 *
 * @param source that the second pass reads
 * @param first what the pass has found
 * @param strategy by which the source is read; empty if that is still to be chosen
 * @param cache of compressed data from the first pass; nothing if there was none
 * @param verification of what the second pass reads, if that is wanted
 */
record Prepared(
    Source source,
    FirstPass first,
    Optional<ScanStrategy> strategy,
    CompressedCache cache,
    Optional<Verification> verification) {

  /** What is mapped. */
  AllocationMap map() {
    return first.map();
  }

  /** Whether an allocated cluster may have more in the source than its grains of data. */
  boolean grainwise() {
    // What is not data is zeroes, unless it is what the base has.
    return grainwise(first.options(), first.compared());
  }

  private static boolean grainwise(ImageOptions options, boolean compared) {
    return options.geometry().extendedL2() && compared;
  }

  /** Whether what is no data in the map is zeroes. */
  boolean knownByGrains() {
    return !first.compared() && !first.options().rawDataFile();
  }

  /** Makes the first pass over a disk; a raw external data file needs none. */
  static Prepared scan(
      Source source,
      ImageOptions options,
      ScanOptions scan,
      Optional<CompressionOptions> compression,
      ChangeDetection detection,
      Progress progress)
      throws IOException {
    long diskSize = AllocationMap.diskSize(source.size());
    ReachCheck.verifyBeforeScan(options, diskSize, source.name());
    AllocationMap map;
    ScanStrategy strategy;
    Optional<KeepingSource> keeping = keeping(source, options, scan, detection);
    Source read = keeping.isPresent() ? keeping.get() : source;
    if (options.rawDataFile()) {
      strategy = ScanStrategy.CACHED;
      map = AllocationMap.full(options.geometry(), diskSize);
    } else {
      strategy =
          scan.base().isPresent()
              ? ScanStrategy.choose(source, scan.base().get())
              : ScanStrategy.choose(source);
      Grains grains =
          new AllocationScan(
                  read, scan, options.geometry(), hasZeroFlag(options), strategy, progress)
              .keeping(keeping)
              .run();
      keeping.ifPresent(KeepingSource::endScan);
      map = AllocationMap.of(options.geometry(), diskSize, grains);
    }
    boolean compared = scan.base().isPresent();
    Optional<Verification> verification =
        detection.content()
            ? Optional.of(verification(source, scan, options, strategy, map, compared, progress))
            : Optional.empty();
    Optional<CompressionScan> compressed = Optional.empty();
    if (compression.isPresent()) {
      compressed =
          Optional.of(
              CompressionScan.run(
                  read,
                  map,
                  compression.get().less(keeping.map(KeepingSource::keptBytes).orElse(0L)),
                  strategy.readAhead(),
                  progress));
    }
    return new Prepared(
        read,
        new FirstPass(options, map, compared, compressed.map(CompressionScan::lengths)),
        Optional.of(strategy),
        compressed.map(CompressionScan::cache).orElseGet(() -> new CompressedCache(0)),
        verification);
  }

  /**
   * Takes what a first pass has found.
   *
   * @param scan how that went about it, for a comparison with what is there now
   */
  static Prepared known(
      Source source,
      FirstPass first,
      ScanOptions scan,
      ChangeDetection detection,
      Progress progress)
      throws IOException {
    Optional<Verification> verification = Optional.empty();
    Optional<ScanStrategy> strategy = Optional.empty();
    if (detection.content()) {
      ScanStrategy chosen = ScanStrategy.choose(source);
      strategy = Optional.of(chosen);
      verification =
          Optional.of(
              verification(
                  source, scan, first.options(), chosen, first.map(), first.compared(), progress));
    }
    return new Prepared(source, first, strategy, new CompressedCache(0), verification);
  }

  private static Verification verification(
      Source source,
      ScanOptions scan,
      ImageOptions options,
      ScanStrategy strategy,
      AllocationMap map,
      boolean compared,
      Progress progress)
      throws IOException {
    return new Verification(
        source, scan, hasZeroFlag(options), strategy, map, grainwise(options, compared), progress);
  }

  private static boolean hasZeroFlag(ImageOptions options) {
    return options.version() == 3;
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
}
