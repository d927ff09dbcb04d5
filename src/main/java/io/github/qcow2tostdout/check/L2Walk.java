package io.github.qcow2tostdout.check;

import io.github.qcow2tostdout.format.L2Entry;
import io.github.qcow2tostdout.format.TableEntry;
import io.github.qcow2tostdout.image.L2Format;
import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;

/** Goes through the entries of L2 tables. */
final class L2Walk {
  private final References references;
  private final Findings findings;
  private final CheckStatistics statistics;
  private final Progress progress;
  private final ActiveL2Rules rules;
  private final L2Format format;
  private final int clusterSize;
  private final int clusterBits;
  private final boolean dataFile;
  private final int perTable;
  private final long tableBytes;

  /** Where the next data cluster of the disk would follow the one before; 0 if none was. */
  private long nextContiguous;

  L2Walk(
      OpenedImage image,
      References references,
      DiskRefcounts disk,
      Findings findings,
      CheckStatistics statistics,
      Progress progress) {
    this.references = references;
    this.findings = findings;
    this.statistics = statistics;
    this.progress = progress;
    tableBytes = image.l2TableBytes();
    format = L2Format.of(image.header());
    rules = new ActiveL2Rules(image, format, disk);
    clusterSize = image.clusterSize();
    clusterBits = format.clusterBits();
    dataFile = format.dataFile();
    perTable = format.entries();
  }

  /**
   * Goes through one table.
   *
   * @param entries the table, or of an extended one pairs of entry and bitmap, from an index on
   * @param index of the active L1 entry that points to it; {@link L2Table#NO_INDEX} if it is a
   *     snapshot's
   * @param times how many L1 entries point to it
   */
  void table(long[] entries, int from, long offset, long index, long times) throws IOException {
    L2Table table = start(offset, index, times);
    if (format.extended()) {
      for (int i = 0; i < perTable; i++) {
        long entry = entries[from + 2 * i];
        long bitmap = entries[from + 2 * i + 1];
        if ((entry | bitmap) != 0) {
          extendedEntry(table, i, entry, bitmap);
        }
      }
    } else {
      standardTable(table, entries, from);
    }
    if (table.isActive()) {
      statistics.unmapped += rules.unmapped(table, entries, from);
    }
  }

  /** Goes through one table that is nothing but zeroes. */
  void hole(long offset, long index, long times) {
    L2Table table = start(offset, index, times);
    if (table.isActive()) {
      statistics.unmapped += rules.unmapped(table);
    }
  }

  private L2Table start(long offset, long index, long times) {
    nextContiguous = 0;
    return new L2Table(format, findings, offset, index, times);
  }

  /** The loop that decides how long a check takes: runs of data are taken as one. */
  private void standardTable(L2Table table, long[] entries, int from) throws IOException {
    long notPlain = L2Entry.COMPRESSED | L2Entry.ZERO | L2Entry.RESERVED | (clusterSize - 1);
    int end = from + perTable;
    int i = from;
    while (i < end) {
      long entry = entries[i];
      if (entry == 0) {
        i++;
        continue;
      }
      int next = i + 1;
      if ((entry & notPlain) == 0 && TableEntry.hostOffset(entry) != 0) {
        long expected = entry + clusterSize;
        while (next < end && entries[next] == expected && (expected & notPlain) == 0) {
          next++;
          expected += clusterSize;
        }
        data(table, i - from, entry, next - i);
      } else {
        standardEntry(table, i - from, entry);
      }
      i = next;
    }
  }

  private void standardEntry(L2Table table, int index, long entry) throws IOException {
    if (L2Entry.isCompressed(entry)) {
      compressed(table, index, entry, 0);
      return;
    }
    checkReserved(table, index, entry);
    boolean zero = L2Entry.isZero(entry);
    if (zero && format.version() == 2) {
      table.found(FindingKind.ZERO_FLAG_IN_V2, index, entry, "bit 0 is 0");
    }
    if (TableEntry.hostOffset(entry) != 0 || (!zero && dataFile && TableEntry.isCopied(entry))) {
      checkAligned(table, index, entry);
      one(table, index, entry, zero ? 0 : clusterSize);
    } else {
      checkNotCopied(table, index, entry);
    }
  }

  private void extendedEntry(L2Table table, int index, long entry, long bitmap) throws IOException {
    if (L2Entry.isCompressed(entry)) {
      compressed(table, index, entry, bitmap);
      return;
    }
    checkReserved(table, index, entry);
    if (L2Entry.isZero(entry)) {
      table.found(FindingKind.ZERO_FLAG_WITH_SUBCLUSTERS, index, entry, "bit 0 is 0");
    }
    if (TableEntry.hostOffset(entry) == 0 && !(dataFile && TableEntry.isCopied(entry))) {
      if (L2Entry.allocatedSubclusters(bitmap) != 0) {
        table.found(
            FindingKind.SUBCLUSTER_WITHOUT_CLUSTER, index, bitmap, "no allocated subclusters");
      }
      checkNotCopied(table, index, entry);
      return;
    }
    if ((L2Entry.allocatedSubclusters(bitmap) & L2Entry.zeroSubclusters(bitmap)) != 0) {
      table.found(
          FindingKind.SUBCLUSTER_BITMAP_INVALID, index, bitmap, "each subcluster in one half");
    }
    checkAligned(table, index, entry);
    int used = Integer.SIZE - Integer.numberOfLeadingZeros(L2Entry.allocatedSubclusters(bitmap));
    one(table, index, entry, (long) used * (clusterSize / L2Entry.SUBCLUSTERS));
  }

  private void checkReserved(L2Table table, int index, long entry) {
    if ((entry & L2Entry.RESERVED) != 0) {
      table.found(FindingKind.L2_RESERVED_BITS, index, entry, "bits 1 to 8 and 56 to 61 are 0");
    }
  }

  /** An entry without a cluster; in a data file there is one at offset 0. */
  private void checkNotCopied(L2Table table, int index, long entry) {
    if (TableEntry.isCopied(entry) && !dataFile) {
      table.found(FindingKind.COPIED_WITHOUT_OFFSET, index, entry, "bit 63 is 0, or an offset");
    }
  }

  private void checkAligned(L2Table table, int index, long entry) {
    if ((TableEntry.hostOffset(entry) & (clusterSize - 1)) != 0) {
      table.found(
          FindingKind.DATA_CLUSTER_UNALIGNED,
          index,
          entry,
          "an offset that is a multiple of " + clusterSize);
    }
  }

  /** A cluster that is not plain: it may be unaligned, or hold less than a cluster of data. */
  private void one(L2Table table, int index, long entry, long used) throws IOException {
    long offset = TableEntry.hostOffset(entry);
    count(table, offset, 1);
    if (!dataFile) {
      references.partial(
          table.isActive() ? Structure.DATA : Structure.SNAPSHOT_DATA,
          table.guestOffset(index),
          offset,
          used,
          table.weight());
    }
    if (table.isActive()) {
      rules.check(table, index, entry, 1);
    }
  }

  private void data(L2Table table, int index, long entry, int run) throws IOException {
    long offset = TableEntry.hostOffset(entry);
    count(table, offset, run);
    if (!dataFile) {
      references.clusters(
          table.isActive() ? Structure.DATA : Structure.SNAPSHOT_DATA,
          table.guestOffset(index),
          offset,
          run,
          table.weight());
    }
    if (table.isActive()) {
      rules.check(table, index, entry, run);
    }
  }

  private void count(L2Table table, long offset, long run) {
    if (table.isActive()) {
      statistics.allocated += run * table.weight();
      if (nextContiguous != 0 && offset != nextContiguous) {
        statistics.fragmented += table.weight();
      }
      nextContiguous = offset + run * clusterSize;
    }
  }

  private void compressed(L2Table table, int index, long entry, long bitmap) {
    if (TableEntry.isCopied(entry)) {
      table.found(FindingKind.COMPRESSED_COPIED, index, entry, "bit 63 is 0");
    }
    if (dataFile) {
      table.found(FindingKind.COMPRESSED_IN_DATA_FILE_IMAGE, index, entry, "no compressed cluster");
      return;
    }
    if (bitmap != 0) {
      table.found(FindingKind.COMPRESSED_WITH_SUBCLUSTERS, index, bitmap, "0");
      return;
    }
    references.region(
        table.isActive() ? Structure.COMPRESSED : Structure.SNAPSHOT_COMPRESSED,
        table.guestOffset(index),
        L2Entry.compressedOffset(entry, clusterBits),
        L2Entry.compressedLength(entry, clusterBits),
        table.weight());
    if (table.isActive()) {
      statistics.allocated += table.weight();
      statistics.compressed += table.weight();
      statistics.fragmented += table.weight();
      rules.checkPlace(table, index, entry, 1);
      // To decode one takes as long as all else about a table.
      progress.report(
          Progress.Phase.CHECK,
          (table.firstGuestCluster() + index) * format.entrySize(),
          tableBytes);
    }
  }
}
