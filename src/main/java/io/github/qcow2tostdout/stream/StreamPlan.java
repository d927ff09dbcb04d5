package io.github.qcow2tostdout.stream;

import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.format.RefcountEntries;
import io.github.qcow2tostdout.format.TableEntry;
import io.github.qcow2tostdout.image.OpenedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Which clusters of a stream a check will ask for: those of the refcount table and of the L1 table,
 * and when these have come, the refcount blocks and L2 tables that they name. A stream in which one
 * of these has gone by before its table came is refused.
 */
final class StreamPlan {
  /** Clusters with higher numbers are in no file that can be checked. */
  private static final long MAX_CLUSTER = Integer.MAX_VALUE;

  /** No header that can be used is longer. */
  private static final long MAX_CRYPTO_HEADER = 4L << 20;

  /** A table whose place the header says. */
  private record Table(String name, long offset, long entries, long first, long end) {
    boolean covers(long cluster) {
      return first <= cluster && cluster < end;
    }

    long next(long from) {
      return from < end ? Math.max(from, first) : WantedClusters.NONE;
    }
  }

  private final OpenedImage image;
  private final KeptClusters kept;
  private final Optional<StreamFollower> follower;
  private final int clusterBits;
  private final int perCluster;
  private final Table refcountTable;
  private final Table l1Table;
  private final Table cryptoHeader;
  private final WantedClusters blocks = new WantedClusters();
  private final WantedClusters l2Tables = new WantedClusters();

  private boolean l1TableCame;
  private long lastBlock = -1;
  private long lastBlockIndex;
  private long expectedSize;

  /**
   * A plan for a stream of which the header has come.
   *
   * @param kept what is kept of it
   * @param follower is given the L2 tables
   */
  StreamPlan(OpenedImage image, KeptClusters kept, Optional<StreamFollower> follower) {
    this.image = image;
    this.kept = kept;
    this.follower = follower;
    clusterBits = image.geometry().clusterBits();
    perCluster = image.geometry().tableEntries();
    refcountTable =
        table(
            "refcount table",
            image.get(HeaderField.REFCOUNT_TABLE_OFFSET),
            image.get(HeaderField.REFCOUNT_TABLE_CLUSTERS) * perCluster);
    l1Table =
        table("L1 table", image.get(HeaderField.L1_TABLE_OFFSET), image.get(HeaderField.L1_SIZE));
    cryptoHeader = cryptoHeader();
    l1TableCame = l1Table.entries() == 0;
  }

  /** As much of the crypto header as is looked at, in words. */
  private Table cryptoHeader() {
    long offset = image.crypto().map(OpenedImage.CryptoHeader::offset).orElse(-1L);
    boolean canCome = offset >= 0 && offset >>> clusterBits <= MAX_CLUSTER;
    long length = image.crypto().map(OpenedImage.CryptoHeader::length).orElse(1L);
    boolean all = follower.map(StreamFollower::wantsWholeClusters).orElse(false);
    long wanted = all ? Math.clamp(length, 1, MAX_CRYPTO_HEADER) : 1;
    return table(
        "crypto header",
        Math.max(0, offset),
        canCome ? Math.ceilDiv(wanted, Geometry.TABLE_ENTRY_SIZE) : 0);
  }

  private Table table(String name, long offset, long entries) {
    long first = offset >>> clusterBits;
    return new Table(name, offset, entries, first, first + Math.ceilDiv(entries, perCluster));
  }

  /** The first cluster from another on that is to be kept; {@link WantedClusters#NONE} if none. */
  long next(long from) {
    return Math.min(
        Math.min(cryptoHeader.next(from), Math.min(refcountTable.next(from), l1Table.next(from))),
        Math.min(blocks.next(from), l2Tables.next(from)));
  }

  /** What a cluster is that {@link #next} has said. */
  KeptClusters.Kind kind(long cluster) {
    if (l2Tables.next(cluster) == cluster) {
      return KeptClusters.Kind.L2_TABLES;
    }
    return blocks.next(cluster) == cluster
        ? KeptClusters.Kind.REFCOUNTS
        : KeptClusters.Kind.OFFSETS;
  }

  /** How many clusters are known to be wanted. */
  long size() {
    return (long) blocks.size() + l2Tables.size();
  }

  /** Bytes that the image will have, by its refcounts; 0 if that is not known yet. */
  long expectedSize() {
    return expectedSize;
  }

  /**
   * A cluster has come, and is kept.
   *
   * @param bytes all of it, from index 0, zeroes behind the end of the stream
   */
  void received(long cluster, ByteBuffer bytes) throws IOException {
    if (refcountTable.covers(cluster)) {
      readRefcountTable(cluster, bytes);
    }
    if (l1Table.covers(cluster)) {
      readL1Table(cluster, bytes);
    }
    if (follower.isPresent() && l2Tables.next(cluster) == cluster) {
      follower.get().addTable(cluster << clusterBits, bytes);
    }
    if (cluster == lastBlock) {
      readLastBlock(bytes);
    }
  }

  private void readRefcountTable(long cluster, ByteBuffer bytes) throws ImageException {
    long index = (cluster - refcountTable.first()) * perCluster;
    for (int i = 0; i < perCluster; i++) {
      long offset = TableEntry.refcountBlockOffset(bytes.getLong(i * Long.BYTES));
      if (offset > 0 && (offset & (image.clusterSize() - 1)) == 0) {
        want(blocks, offset >>> clusterBits, cluster, "refcount block", index + i, refcountTable);
        lastBlock = offset >>> clusterBits;
        lastBlockIndex = index + i;
      }
    }
    if (cluster == refcountTable.end() - 1) {
      blocks.complete();
    }
  }

  private void readL1Table(long cluster, ByteBuffer bytes) throws IOException {
    long index = (cluster - l1Table.first()) * perCluster;
    int count = (int) Math.min(perCluster, l1Table.entries() - index);
    for (int i = 0; i < count; i++) {
      long entry = bytes.getLong(i * Long.BYTES);
      long offset = TableEntry.hostOffset(entry);
      if (follower.isPresent() && entry != 0) {
        refuseSharedTable(offset, cluster, index + i);
      }
      if (offset != 0) {
        long first = offset >>> clusterBits;
        long last = (offset + image.clusterSize() - 1) >>> clusterBits;
        for (long table = first; table <= last; table++) {
          want(l2Tables, table, cluster, "L2 table of L1 entry", index + i, l1Table);
        }
      }
    }
    if (cluster == l1Table.end() - 1) {
      l2Tables.complete();
      l1TableCame = true;
      if (follower.isPresent()) {
        follower.get().l1TableHasCome();
      }
    }
  }

  /** Whether an L2 table is to come at a cluster or behind it, as far as is known. */
  boolean awaitsL2Tables(long from) {
    return !l1TableCame || l2Tables.next(from) != WantedClusters.NONE;
  }

  /**
   * For a follower: a table is gone through once, when it comes, and not when it is known already.
   */
  private void refuseSharedTable(long offset, long present, long index) throws ImageException {
    long cluster = offset >>> clusterBits;
    boolean isAcross = l1Table.covers(cluster) || (offset & (image.clusterSize() - 1)) != 0;
    if (isAcross || (cluster <= present && kept.contains(cluster))) {
      throw new ImageException.NotStreamable(
          image.file().name(),
          follower.get().purpose()
              + "the L2 table of L1 entry "
              + index
              + " at byte "
              + offset
              + (isAcross
                  ? " lies across something else"
                  : " comes before the L1 table at byte " + l1Table.offset()));
    }
  }

  private void want(
      WantedClusters wanted, long cluster, long present, String what, long index, Table table)
      throws ImageException {
    if (cluster > MAX_CLUSTER) {
      return;
    }
    if (cluster <= present) {
      if (!kept.contains(cluster)) {
        throw new ImageException.NotStreamable(
            image.file().name(),
            what
                + " "
                + index
                + " at byte "
                + (cluster << clusterBits)
                + " comes before the "
                + table.name()
                + " at byte "
                + table.offset());
      }
    } else if (!wanted.add(cluster)) {
      throw StreamedImage.tooMuch(image.file().name());
    }
  }

  private void readLastBlock(ByteBuffer bytes) {
    int order = image.geometry().refcountOrder();
    long perBlock = image.geometry().refcountBlockEntries();
    for (int i = (int) perBlock - 1; i >= 0; i--) {
      if (RefcountEntries.get(bytes, order, i) != 0) {
        expectedSize = (lastBlockIndex * perBlock + i + 1) << clusterBits;
        break;
      }
    }
  }
}
