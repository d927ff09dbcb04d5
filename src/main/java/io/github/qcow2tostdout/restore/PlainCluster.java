package io.github.qcow2tostdout.restore;

import io.github.qcow2tostdout.format.L2Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Hands on the bytes of clusters that are stored as they are: all, or those of subclusters. */
final class PlainCluster {
  /** Takes bytes of the disk. */
  @FunctionalInterface
  interface Taker {
    /** The rest of a buffer. */
    void take(ByteBuffer bytes, long guestOffset) throws IOException;
  }

  private final boolean extended;
  private final long diskSize;
  private final int clusterSize;
  private final Taker taker;
  private final Optional<Decryption> decryption;

  PlainCluster(KeptTables tables, Taker taker) {
    decryption = tables.decryption();
    extended = tables.format().extended();
    diskSize = tables.diskSize();
    clusterSize = 1 << tables.format().clusterBits();
    this.taker = taker;
  }

  /** Whether an entry maps all of its cluster. */
  boolean isWhole(long bitmap) {
    return !extended || L2Entry.allocatedSubclusters(bitmap) == -1;
  }

  /** Hands on what an entry maps. */
  void hand(ByteBuffer stored, long hostOffset, long guestOffset, long bitmap) throws IOException {
    ByteBuffer cluster = plain(stored, hostOffset);
    if (isWhole(bitmap)) {
      range(cluster, 0, clusterSize, guestOffset);
      return;
    }
    int allocated = L2Entry.allocatedSubclusters(bitmap);
    int subcluster = clusterSize / L2Entry.SUBCLUSTERS;
    int from = 0;
    while (allocated >>> from != 0 && from < L2Entry.SUBCLUSTERS) {
      from += Integer.numberOfTrailingZeros(allocated >>> from);
      int to = from + Integer.numberOfTrailingZeros(~(allocated >>> from));
      range(cluster, from * subcluster, to * subcluster, guestOffset);
      from = to;
    }
  }

  /** Hands on whole clusters that follow each other on the disk too. */
  void handRun(ByteBuffer stored, long hostOffset, long guestOffset) throws IOException {
    ByteBuffer clusters = plain(stored, hostOffset);
    range(clusters, 0, clusters.limit(), guestOffset);
  }

  private ByteBuffer plain(ByteBuffer stored, long hostOffset) throws IOException {
    return decryption.isPresent() ? decryption.get().decrypt(stored, hostOffset) : stored;
  }

  /** Of a cluster that the stream cuts short that is left out which is not all there. */
  private void range(ByteBuffer cluster, int from, int to, long guestOffset) throws IOException {
    int end = (int) Math.min(to, diskSize - guestOffset);
    if (from < end && end <= cluster.limit()) {
      taker.take(cluster.slice(from, end - from), guestOffset + from);
    }
  }
}
