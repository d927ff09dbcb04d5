package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.plan.AllocationMap;
import io.github.qcow2tostdout.plan.Grains;
import io.github.qcow2tostdout.plan.IndexSet;
import io.github.qcow2tostdout.plan.IndexSets;
import io.github.qcow2tostdout.scan.AllocationScan;
import io.github.qcow2tostdout.scan.ScanOptions;
import io.github.qcow2tostdout.scan.ScanStrategy;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;

/**
 * Reads a second time what an image was decided by. Each byte of the disk is looked at once before
 * the image begins and once more from then on; if nothing differs, the image is the disk as it was
 * at that moment.
 */
final class Verification {
  private final Source source;
  private final ScanOptions scan;
  private final Geometry geometry;
  private final boolean zeroFlag;
  private final ScanStrategy strategy;
  private final Progress progress;
  private final Grains grains;
  private final PieceDigests digests;

  /**
   * Takes digests of all data, after the scan.
   *
   * @param scan what the grains were decided by
   * @param zeroFlag as that was
   * @param grainwise whether grains that are no data are left out of allocated clusters
   */
  Verification(
      Source source,
      ScanOptions scan,
      boolean zeroFlag,
      ScanStrategy strategy,
      AllocationMap map,
      boolean grainwise,
      Progress progress)
      throws IOException {
    this.source = source;
    this.scan = scan;
    this.zeroFlag = zeroFlag;
    this.strategy = strategy;
    this.progress = progress;
    geometry = map.geometry();
    grains = map.grains();
    ReadAhead readAhead = ReadAhead.ofAll(source, map);
    if (strategy.readAhead()) {
      readAhead.emitted(0);
    }
    digests =
        PieceDigests.of(
            source,
            grainwise ? grains.data() : map.clusters(),
            grainwise ? geometry.grainBits() : geometry.clusterBits(),
            strategy.readingThreads(),
            strategy.readAhead() ? readAhead::emitted : count -> {},
            progress);
  }

  /** A comparison of the data with what is written out. */
  PieceDigests.Comparison comparison() {
    return digests.comparison();
  }

  /** Looks again at all that is stored. */
  void verifyStored() throws IOException {
    digests.verifyAll(strategy.readingThreads(), progress);
  }

  /**
   * Looks again at all that is not stored: zeroes must still be zeroes, and what equals the base
   * must equal it.
   */
  void verifyRest() throws IOException {
    Grains now =
        new AllocationScan(
                source,
                // By their content: what is a hole may depend on what was read.
                new ScanOptions(false, false, scan.base()),
                geometry,
                zeroFlag,
                strategy,
                (phase, done, total) -> progress.report(Progress.Phase.VERIFY, done, total))
            .without(grains.data())
            .run();
    refuse(now.data().runsFrom(0));
    if (scan.base().isPresent()) {
      refuse(IndexSets.difference(now.zero(), grains.zero()).runsFrom(0));
      refuse(IndexSets.difference(grains.zero(), now.zero()).runsFrom(0));
    }
  }

  private void refuse(IndexSet.Runs changed) throws IOException {
    if (changed.next()) {
      int bits = geometry.grainBits();
      throw PieceDigests.changed(
          source, changed.from() << bits, Math.min(source.size(), changed.to() << bits));
    }
  }
}
