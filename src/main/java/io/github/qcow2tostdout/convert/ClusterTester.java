package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.source.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Finds the guest clusters with a byte that is not zero; for one thread, its buffers are reused.
 */
final class ClusterTester {
  /** Read at a time where all is read. */
  private static final int BULK_SIZE = 512 << 10;

  /**
   * Read of a cluster first, where that is worth a call of its own: data is known by its first
   * bytes.
   */
  static final int PROBE_SIZE = 4 << 10;

  /** Below this, a call for each cluster costs more than to read them all. */
  private static final int MIN_PROBED_CLUSTER_SIZE = 16 << 10;

  private final Source source;
  private final int clusterBits;
  private final boolean probing;
  private final boolean announcing;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BULK_SIZE);
  private final ByteBuffer zeroes = ByteBuffer.allocateDirect(BULK_SIZE);
  private final BitSet silent = new BitSet();
  private long[] runs = new long[64];
  private int count;

  /**
   * @param announcing whether the source is told of reads that follow from others
   */
  ClusterTester(Source source, Geometry geometry, boolean announcing) {
    this.source = source;
    this.announcing = announcing;
    clusterBits = geometry.clusterBits();
    probing = probes(geometry.clusterSize());
  }

  /** Whether clusters of that size are probed, at their start, before they are read. */
  static boolean probes(int clusterSize) {
    return clusterSize >= MIN_PROBED_CLUSTER_SIZE;
  }

  /**
   * Tests all clusters that a piece touches.
   *
   * @return runs of allocated guest clusters, first and behind the last of each, ascending
   */
  long[] test(ScanPieces.Piece piece) throws IOException {
    count = 0;
    if (probing) {
      probe(piece);
    } else {
      for (int at = 0; at < piece.bounds().length; at += 2) {
        readAll(piece.bounds()[at], piece.bounds()[at + 1]);
      }
    }
    return Arrays.copyOf(runs, count);
  }

  /**
   * First the start of each cluster, then the rest of those whose start is silent: what the first
   * round finds can be announced before the second wants it.
   */
  private void probe(ScanPieces.Piece piece) throws IOException {
    silent.clear();
    int parts = 0;
    for (int extent = 0; extent < piece.bounds().length; extent += 2) {
      long to = piece.bounds()[extent + 1];
      long end;
      for (long at = piece.bounds()[extent]; at < to; at = end, parts++) {
        end = Math.min(to, ((at >> clusterBits) + 1) << clusterBits);
        int bytes = (int) Math.min(PROBE_SIZE, end - at);
        read(at, bytes);
        silent.set(parts, isZero(0, bytes));
        if (announcing && silent.get(parts) && at + bytes < end) {
          source.willNeed(at + bytes, end - at - bytes);
        }
      }
    }
    parts = 0;
    for (int extent = 0; extent < piece.bounds().length; extent += 2) {
      long to = piece.bounds()[extent + 1];
      long end;
      for (long at = piece.bounds()[extent]; at < to; at = end, parts++) {
        long cluster = at >> clusterBits;
        end = Math.min(to, (cluster + 1) << clusterBits);
        if (!isKnown(cluster)
            && (!silent.get(parts) || holdsData(Math.min(at + PROBE_SIZE, end), end))) {
          add(cluster);
        }
      }
    }
  }

  private boolean holdsData(long from, long to) throws IOException {
    for (long at = from; at < to; at += BULK_SIZE) {
      int bytes = (int) Math.min(BULK_SIZE, to - at);
      read(at, bytes);
      if (!isZero(0, bytes)) {
        return true;
      }
    }
    return false;
  }

  private void readAll(long from, long to) throws IOException {
    for (long at = from; at < to; ) {
      // Reads end where clusters do; the buffer may be smaller than a cluster.
      long aligned = (at + BULK_SIZE) & -BULK_SIZE;
      int bytes = (int) (Math.min(to, aligned) - at);
      read(at, bytes);
      for (int tested = 0; tested < bytes; ) {
        long cluster = (at + tested) >> clusterBits;
        int end = (int) Math.min(bytes, ((cluster + 1) << clusterBits) - at);
        if (!isKnown(cluster) && !isZero(tested, end)) {
          add(cluster);
        }
        tested = end;
      }
      at += bytes;
    }
  }

  private void read(long offset, int bytes) throws IOException {
    int got = source.read(buffer.clear().limit(bytes), offset);
    if (got < bytes) {
      throw SourceGuard.endedAt(source, offset + got);
    }
  }

  private boolean isZero(int from, int to) {
    return buffer.limit(to).position(from).mismatch(zeroes.limit(to - from)) < 0;
  }

  /** Whether a cluster was found allocated already: by another extent or an earlier read. */
  private boolean isKnown(long cluster) {
    return count > 0 && runs[count - 1] > cluster;
  }

  private void add(long cluster) {
    if (count > 0 && runs[count - 1] == cluster) {
      runs[count - 1]++;
      return;
    }
    if (count == runs.length) {
      runs = Arrays.copyOf(runs, 2 * count);
    }
    runs[count++] = cluster;
    runs[count++] = cluster + 1;
  }
}
