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

/** The first pass: which guest clusters hold a byte that is not zero. */
final class AllocationScan {
  private final Source source;
  private final Geometry geometry;
  private final ScanStrategy strategy;
  private final Progress progress;
  private final IndexSet.Builder found = new IndexSet.Builder();

  AllocationScan(Source source, Geometry geometry, ScanStrategy strategy, Progress progress) {
    this.source = source;
    this.geometry = geometry;
    this.strategy = strategy;
    this.progress = progress;
  }

  /** Scans the whole source; the result does not depend on the strategy. */
  IndexSet run() throws IOException {
    progress.report(Progress.Phase.SCAN, 0, source.size());
    ScanPieces pieces = new ScanPieces(source.dataExtents());
    if (strategy.threads() == 1) {
      scanInTurn(pieces);
    } else {
      scanTogether(pieces);
    }
    progress.report(Progress.Phase.SCAN, source.size(), source.size());
    return found.build();
  }

  /** Takes the source's word for it: whatever an extent touches is allocated. */
  IndexSet takeExtents() throws IOException {
    progress.report(Progress.Phase.SCAN, 0, source.size());
    for (DataExtents extents = source.dataExtents(); extents.next(); ) {
      found.add(
          extents.from() >> geometry.clusterBits(),
          ((extents.to() - 1) >> geometry.clusterBits()) + 1);
    }
    progress.report(Progress.Phase.SCAN, source.size(), source.size());
    return found.build();
  }

  private void scanInTurn(ScanPieces pieces) throws IOException {
    ClusterTester tester = newTester();
    Queue<ScanPieces.Piece> ahead = new ArrayDeque<>();
    boolean more = true;
    while (more || !ahead.isEmpty()) {
      while (more && ahead.size() < strategy.piecesInFlight()) {
        ScanPieces.Piece piece = pieces.next();
        more = !piece.isEnd();
        if (more) {
          strategy.advise(source, piece, geometry.clusterSize());
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
    record Task(ScanPieces.Piece piece, Future<long[]> result) {}
    BlockingQueue<ClusterTester> testers = new ArrayBlockingQueue<>(strategy.threads());
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
              strategy.advise(source, piece, geometry.clusterSize());
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

  private static long[] test(BlockingQueue<ClusterTester> testers, ScanPieces.Piece piece)
      throws IOException, InterruptedException {
    ClusterTester tester = testers.take();
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

  private ClusterTester newTester() {
    return new ClusterTester(source, geometry, strategy.announcing());
  }

  private void collect(ScanPieces.Piece piece, long[] runs) {
    for (int at = 0; at < runs.length; at += 2) {
      found.add(runs[at], runs[at + 1]);
    }
    progress.report(Progress.Phase.SCAN, piece.to(), source.size());
  }
}
