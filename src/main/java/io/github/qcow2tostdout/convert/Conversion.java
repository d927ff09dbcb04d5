package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.source.Source;
import java.io.IOException;

/** A disk that has been scanned, and the plan of its image: from here on every byte is decided. */
public final class Conversion {
  private final Source source;
  private final SourceGuard guard;
  private final AllocationMap map;
  private final LayoutPlan plan;
  private final ScanStrategy strategy;

  private Conversion(
      Source source, SourceGuard guard, AllocationMap map, LayoutPlan plan, ScanStrategy strategy) {
    this.source = source;
    this.guard = guard;
    this.map = map;
    this.plan = plan;
    this.strategy = strategy;
  }

  /**
   * Scans a disk and plans its image. A raw external data file needs no scan.
   *
   * @throws ImageException.Unsupported if QEMU would refuse to open the image
   * @throws ImageException.SourceChanged if the disk was written during the scan
   * @throws IOException if the disk can't be read
   */
  public static Conversion prepare(
      Source source, ImageOptions options, ScanOptions scan, Progress progress) throws IOException {
    SourceGuard guard = SourceGuard.of(source);
    long diskSize = AllocationMap.diskSize(source.size());
    ReachCheck.verifyBeforeScan(options, diskSize, source.name());
    AllocationMap map;
    ScanStrategy strategy;
    if (options.rawDataFile()) {
      strategy = ScanStrategy.CACHED;
      map = AllocationMap.full(options.geometry(), diskSize);
    } else {
      strategy = ScanStrategy.choose(source);
      AllocationScan pass = new AllocationScan(source, options.geometry(), strategy, progress);
      IndexSet data =
          scan.extentsOnly() || isTested(source, options.geometry())
              ? pass.takeExtents()
              : pass.run();
      map = AllocationMap.of(options.geometry(), diskSize, data);
    }
    guard.verify();
    return new Conversion(source, guard, map, LayoutPlan.of(options, map, source.name()), strategy);
  }

  /** Whether a test for zeroes could find nothing that the source's extents don't say. */
  static boolean isTested(Source source, Geometry geometry) {
    return source.testedBlockSize() > 0 && source.testedBlockSize() <= geometry.clusterSize();
  }

  /** Where everything lies in the image. */
  public LayoutPlan plan() {
    return plan;
  }

  /** Bytes of the image if every guest cluster were allocated. */
  public long fullyAllocatedSize() {
    return plan.fullyAllocated().imageSize();
  }

  /** Guest clusters of the disk. */
  public long guestClusters() {
    return map.geometry().clusters(map.diskSize());
  }

  /** Guest clusters that are allocated. */
  public long allocatedClusters() {
    return map.data().count();
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
    new ImageRenderer(plan, map, source, guard, strategy.readAhead()).render(out);
    guard.verify();
  }
}
