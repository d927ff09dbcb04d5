package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.source.DataExtents;
import io.github.qcow2tostdout.source.Source;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The first pass: which grains of a disk the image maps, and as what. */
final class AllocationScan {
  private final Source source;
  private final ScanOptions options;
  private final int grainBits;
  private final boolean zeroFlag;
  private final ScanStrategy strategy;
  private final Progress progress;
  private final IndexSet.Builder data = new IndexSet.Builder();
  private final IndexSet.Builder zero = new IndexSet.Builder();
  private IndexSet leftOut = IndexSet.EMPTY;

  /**
   * @param zeroFlag whether the image can say that a grain reads as zeroes; version 2 can't
   */
  AllocationScan(
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

  /** Leaves out grains, as if neither the source nor its base had data there. */
  AllocationScan without(IndexSet grains) {
    leftOut = grains;
    return this;
  }

  /** Scans the whole source; the result does not depend on the strategy. */
  Grains run() throws IOException {
    progress.report(Progress.Phase.SCAN, 0, source.size());
    if (options.extentsOnly() || isTested()) {
      takeExtents();
    } else {
      ScanPieces pieces = new ScanPieces(extents());
      if (strategy.threads() == 1) {
        scanInTurn(pieces);
      } else {
        scanTogether(pieces);
      }
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
    // What is a hole, and what a written zero, decides what is kept.
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

  private GrainTester newTester() {
    return options.base().isPresent()
        ? new ChangeTester(source, options.base().get(), grainBits, zeroFlag)
        : new DataTester(source, grainBits, options.keepZeroes(), strategy.announcing());
  }

  private void scanInTurn(ScanPieces pieces) throws IOException {
    GrainTester tester = newTester();
    Queue<ScanPieces.Piece> ahead = new ArrayDeque<>();
    boolean more = true;
    while (more || !ahead.isEmpty()) {
      while (more && ahead.size() < strategy.piecesInFlight()) {
        ScanPieces.Piece piece = pieces.next();
        more = !piece.isEnd();
        if (more) {
          advise(piece);
          ahead.add(piece);
        }
      }
      ScanPieces.Piece piece = ahead.poll();
      if (piece != null) {
        collect(piece, tester.test(piece));
      }
    }
  }

  private void scanTogether(ScanPieces pieces) throws IOException {
    record Task(ScanPieces.Piece piece, Future<GrainTester.Found> result) {}
    BlockingQueue<GrainTester> testers = new ArrayBlockingQueue<>(strategy.threads());
    for (int i = 0; i < strategy.threads(); i++) {
      testers.add(newTester());
    }
    Queue<Task> tasks = new ArrayDeque<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(strategy.threads())) {
      try {
        boolean more = true;
        while (more || !tasks.isEmpty()) {
          while (more && tasks.size() < strategy.piecesInFlight()) {
            ScanPieces.Piece piece = pieces.next();
            more = !piece.isEnd();
            if (more) {
              advise(piece);
              tasks.add(new Task(piece, pool.submit(() -> test(testers, piece))));
            }
          }
          Task task = tasks.poll();
          if (task != null) {
            collect(task.piece(), task.result().get());
          }
        }
      } catch (ExecutionException e) {
        throw unwrapped(e);
      } catch (InterruptedException e) {
        throw new IOException("interrupted", e);
      } finally {
        pool.shutdownNow();
      }
    }
  }

  private void advise(ScanPieces.Piece piece) {
    strategy.advise(source, ScanExtents.Side.BASE, piece, 1 << grainBits);
    if (options.base().isPresent()) {
      strategy.advise(options.base().get(), ScanExtents.Side.SOURCE, piece, 1 << grainBits);
    }
  }

  private static GrainTester.Found test(BlockingQueue<GrainTester> testers, ScanPieces.Piece piece)
      throws IOException, InterruptedException {
    GrainTester tester = testers.take();
    try {
      return tester.test(piece);
    } finally {
      testers.add(tester);
    }
  }

  private static IOException unwrapped(ExecutionException e) {
    return switch (e.getCause()) {
      case IOException cause -> cause;
      case RuntimeException cause -> throw cause;
      case Error cause -> throw cause;
      case null, default -> throw new IllegalStateException(e);
    };
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
