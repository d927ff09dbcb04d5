package io.github.qcow2tostdout.scan;

import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.plan.AllocationMap;
import io.github.qcow2tostdout.plan.Grains;
import io.github.qcow2tostdout.plan.IndexSet;
import io.github.qcow2tostdout.source.DataExtents;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.work.OrderedWork;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.util.Optional;

/** The first pass: which grains of a disk the image maps, and as what. */
public final class AllocationScan {
  private final Source source;
  private final ScanOptions options;
  private final int grainBits;
  private final boolean zeroFlag;
  private final ScanStrategy strategy;
  private final Progress progress;
  private final IndexSet.Builder data = new IndexSet.Builder();
  private final IndexSet.Builder zero = new IndexSet.Builder();
  private IndexSet leftOut = IndexSet.EMPTY;
  private Optional<KeepingSource> keeping = Optional.empty();

  /**
   * @param zeroFlag whether the image can say that a grain reads as zeroes; version 2 can't
   */
  public AllocationScan(
      Source source,
      ScanOptions options,
      Geometry geometry,
      boolean zeroFlag,
      ScanStrategy strategy,
      Progress progress) {
    this.source = source;
    this.options = options;
    this.grainBits = geometry.grainBits();
    this.zeroFlag = zeroFlag;
    this.strategy = strategy;
    this.progress = progress;
  }

  /** Has what it reads kept, where that goes. */
  public AllocationScan keeping(Optional<KeepingSource> those) {
    keeping = those;
    return this;
  }

  /** Leaves out grains, as if neither the source nor its base had data there. */
  public AllocationScan without(IndexSet grains) {
    leftOut = grains;
    return this;
  }

  /** Scans the whole source; the result does not depend on the strategy. */
  public Grains run() throws IOException {
    progress.report(Progress.Phase.SCAN, 0, source.size());
    if (options.extentsOnly() || isTested()) {
      takeExtents();
    } else {
      testPieces(new ScanPieces(extents()));
    }
    progress.report(Progress.Phase.SCAN, source.size(), source.size());
    return new Grains(data.build(), zero.build());
  }

  /** Whether a test for zeroes could find nothing that the source's extents don't say. */
  private boolean isTested() {
    long blockSize = source.testedBlockSize();
    return options.base().isEmpty() && blockSize > 0 && blockSize <= 1L << grainBits;
  }

  /** Takes the source's word for it: whatever an extent touches is allocated. */
  private void takeExtents() throws IOException {
    for (DataExtents extents = others(source.exactDataExtents()); extents.next(); ) {
      data.add(extents.from() >> grainBits, ((extents.to() - 1) >> grainBits) + 1);
    }
  }

  private ScanExtents extents() throws IOException {
    if (options.base().isPresent()) {
      return new OverlaidExtents(
          wholeGrains(source.dataExtents()), wholeGrains(options.base().get().dataExtents()));
    }
    if (keeping.isPresent() && !options.keepZeroes()) {
      // Whole, as the second pass wants them.
      return ScanExtents.ofSource(wholeGrains(source.dataExtents()));
    }
    // What is a hole, and what a written zero, decides what is mapped.
    return ScanExtents.ofSource(
        options.keepZeroes()
            ? wholeGrains(source.exactDataExtents())
            : others(source.dataExtents()));
  }

  private DataExtents wholeGrains(DataExtents extents) {
    return others(new GrainExtents(extents, grainBits, AllocationMap.diskSize(source.size())));
  }

  private DataExtents others(DataExtents extents) {
    return leftOut.isEmpty() ? extents : new ExtentsWithout(extents, leftOut, grainBits);
  }

  private OrderedWork.Worker<ScanPieces.Piece, GrainTester.Found> newTester() {
    GrainTester tester =
        options.base().isPresent()
            ? new ChangeTester(source, options.base().get(), grainBits, zeroFlag)
            : new DataTester(
                source,
                grainBits,
                options.keepZeroes(),
                strategy.announcing(),
                offset -> keeping.isPresent() && keeping.get().isWanted(offset));
    return tester::test;
  }

  private void testPieces(ScanPieces pieces) throws IOException {
    try (var work =
        new OrderedWork<ScanPieces.Piece, GrainTester.Found>(
            strategy.threads(), strategy.piecesInFlight(), () -> next(pieces), this::newTester)) {
      while (work.next(this::collect)) {
        // Until there is none.
      }
    }
  }

  private Optional<ScanPieces.Piece> next(ScanPieces pieces) throws IOException {
    ScanPieces.Piece piece = pieces.next();
    if (piece.isEnd()) {
      return Optional.empty();
    }
    advise(piece);
    return Optional.of(piece);
  }

  private void advise(ScanPieces.Piece piece) {
    if (keeping.isPresent()) {
      keeping.get().want(piece.to(), piece.size());
      if (keeping.get().isWanted(piece.from())) {
        ScanStrategy.adviseAll(source, piece);
        return;
      }
    }
    strategy.advise(source, ScanExtents.Side.BASE, piece, 1 << grainBits);
    if (options.base().isPresent()) {
      strategy.advise(options.base().get(), ScanExtents.Side.SOURCE, piece, 1 << grainBits);
    }
  }

  private void collect(ScanPieces.Piece piece, GrainTester.Found found) {
    add(found.data(), data);
    add(found.zero(), zero);
    progress.report(Progress.Phase.SCAN, Math.min(piece.to(), source.size()), source.size());
  }

  private static void add(long[] runs, IndexSet.Builder set) {
    for (int at = 0; at < runs.length; at += 2) {
      set.add(runs[at], runs[at + 1]);
    }
  }
}
