package io.github.qcow2tostdout.inspect;

import io.github.qcow2tostdout.format.Feature;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.L2Entry;
import io.github.qcow2tostdout.format.TableEntry;
import java.io.IOException;

/** Goes through the entries of L2 tables. */
final class L2Walk {
  /** No L1 entry in particular. */
  static final long NO_INDEX = -1;

  private final References references;
  private final DiskRefcounts disk;
  private final Findings findings;
  private final CheckStatistics statistics;
  private final int clusterSize;
  private final int clusterBits;
  private final boolean dataFile;
  private final boolean extended;
  private final boolean v2;
  private final boolean mustMapAll;
  private final long guestClusters;
  private final int perTable;

  private boolean active;
  private long weight;
  private long l1Index;
  private long l2Offset;
  private long nextContiguous;

  L2Walk(
      OpenedImage image,
      References references,
      DiskRefcounts disk,
      Findings findings,
      CheckStatistics statistics) {
    this.references = references;
    this.disk = disk;
    this.findings = findings;
    this.statistics = statistics;
    clusterSize = image.clusterSize();
    clusterBits = image.geometry().clusterBits();
    dataFile = image.hasDataFile();
    extended = image.hasExtendedL2();
    v2 = image.get(HeaderField.VERSION) == 2;
    mustMapAll = dataFile && Feature.DATA_FILE_RAW.isSetIn(image.header());
    guestClusters = Math.ceilDiv(image.diskSize(), (long) clusterSize);
    perTable = image.l2Entries();
  }

  /**
   * Goes through one table.
   *
   * @param entries the table, or of an extended one pairs of entry and bitmap, from an index on
   * @param index of the active L1 entry that points to it; {@link #NO_INDEX} if it is a snapshot's
   * @param times how many L1 entries point to it
   */
  void table(long[] entries, int from, long offset, long index, long times) throws IOException {
    start(offset, index, times);
    if (extended) {
      for (int i = 0; i < perTable; i++) {
        long entry = entries[from + 2 * i];
        long bitmap = entries[from + 2 * i + 1];
        if ((entry | bitmap) != 0) {
          extendedEntry(i, entry, bitmap);
        }
      }
    } else {
      standardTable(entries, from);
    }
    if (active && mustMapAll) {
      findUnmapped(entries, from);
    }
  }

  /** Goes through one table that is nothing but zeroes. */
  void hole(long offset, long index, long times) {
    start(offset, index, times);
    long here = Math.min(perTable, guestClusters - l1Index * perTable);
    if (active && mustMapAll && here > 0) {
      findings.add(
          FindingKind.DATA_FILE_UNMAPPED,
          here * weight,
          () -> finding(FindingKind.DATA_FILE_UNMAPPED, 0, 0, "a mapping"));
    }
  }

  private void start(long offset, long index, long times) {
    active = index != NO_INDEX;
    weight = times;
    l1Index = index;
    l2Offset = offset;
    nextContiguous = 0;
  }

  /** The loop that decides how long a check takes: runs of data are taken as one. */
  private void standardTable(long[] entries, int from) throws IOException {
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
        data(i - from, entry, next - i);
      } else {
        standardEntry(i - from, entry);
      }
      i = next;
    }
  }

  private void standardEntry(int index, long entry) throws IOException {
    if (L2Entry.isCompressed(entry)) {
      compressed(index, entry, 0);
      return;
    }
    checkReserved(index, entry);
    boolean zero = L2Entry.isZero(entry);
    if (zero && v2) {
      found(FindingKind.ZERO_FLAG_IN_V2, index, entry, "bit 0 is 0");
    }
    if (TableEntry.hostOffset(entry) != 0 || (!zero && dataFile && TableEntry.isCopied(entry))) {
      checkAligned(index, entry);
      one(index, entry, zero ? 0 : clusterSize);
    }
  }

  private void extendedEntry(int index, long entry, long bitmap) throws IOException {
    if (L2Entry.isCompressed(entry)) {
      compressed(index, entry, bitmap);
      return;
    }
    checkReserved(index, entry);
    if (L2Entry.isZero(entry)) {
      found(FindingKind.ZERO_FLAG_WITH_SUBCLUSTERS, index, entry, "bit 0 is 0");
    }
    if (TableEntry.hostOffset(entry) == 0 && !(dataFile && TableEntry.isCopied(entry))) {
      if (L2Entry.allocatedSubclusters(bitmap) != 0) {
        found(FindingKind.SUBCLUSTER_WITHOUT_CLUSTER, index, bitmap, "no allocated subclusters");
      }
      return;
    }
    if ((L2Entry.allocatedSubclusters(bitmap) & L2Entry.zeroSubclusters(bitmap)) != 0) {
      found(FindingKind.SUBCLUSTER_BITMAP_INVALID, index, bitmap, "each subcluster in one half");
    }
    checkAligned(index, entry);
    int used = Integer.SIZE - Integer.numberOfLeadingZeros(L2Entry.allocatedSubclusters(bitmap));
    one(index, entry, (long) used * (clusterSize / L2Entry.SUBCLUSTERS));
  }

  private void checkReserved(int index, long entry) {
    if ((entry & L2Entry.RESERVED) != 0) {
      found(FindingKind.L2_RESERVED_BITS, index, entry, "bits 1 to 8 and 56 to 61 are 0");
    }
  }

  private void checkAligned(int index, long entry) {
    if ((TableEntry.hostOffset(entry) & (clusterSize - 1)) != 0) {
      found(
          FindingKind.DATA_CLUSTER_UNALIGNED,
          index,
          entry,
          "an offset that is a multiple of " + clusterSize);
    }
  }

  /** A cluster that is not plain: it may be unaligned, or hold less than a cluster of data. */
  private void one(int index, long entry, long used) throws IOException {
    long offset = TableEntry.hostOffset(entry);
    count(offset, 1);
    if (!dataFile) {
      references.partial(
          active ? Structure.DATA : Structure.SNAPSHOT_DATA,
          guestOffset(index),
          offset,
          used,
          weight);
    }
    checkCopied(index, entry, 1);
    checkPlace(index, entry, 1);
  }

  private void data(int index, long entry, int run) throws IOException {
    long offset = TableEntry.hostOffset(entry);
    count(offset, run);
    if (!dataFile) {
      references.clusters(
          active ? Structure.DATA : Structure.SNAPSHOT_DATA,
          guestOffset(index),
          offset,
          run,
          weight);
    }
    checkCopied(index, entry, run);
    checkPlace(index, entry, run);
  }

  private void count(long offset, long run) {
    if (active) {
      statistics.allocated += run * weight;
      if (nextContiguous != 0 && offset != nextContiguous) {
        statistics.fragmented += weight;
      }
      nextContiguous = offset + run * clusterSize;
    }
  }

  private void compressed(int index, long entry, long bitmap) {
    if (TableEntry.isCopied(entry)) {
      found(FindingKind.COMPRESSED_COPIED, index, entry, "bit 63 is 0");
    }
    if (dataFile) {
      found(FindingKind.COMPRESSED_IN_DATA_FILE_IMAGE, index, entry, "no compressed cluster");
      return;
    }
    if (bitmap != 0) {
      found(FindingKind.COMPRESSED_WITH_SUBCLUSTERS, index, bitmap, "0");
      return;
    }
    references.region(
        active ? Structure.COMPRESSED : Structure.SNAPSHOT_COMPRESSED,
        guestOffset(index),
        L2Entry.compressedOffset(entry, clusterBits),
        L2Entry.compressedLength(entry, clusterBits),
        weight);
    if (active) {
      statistics.allocated += weight;
      statistics.compressed += weight;
      statistics.fragmented += weight;
      checkPlace(index, entry, 1);
    }
  }

  private void checkCopied(int index, long entry, int run) throws IOException {
    // An L1 entry with flags but no offset has the header as its table; QEMU looks at that too,
    // but not at bit 63 in it.
    if (!active || l2Offset == 0) {
      return;
    }
    boolean copied = TableEntry.isCopied(entry);
    long first = TableEntry.hostOffset(entry) >>> clusterBits;
    if (dataFile ? copied : copied && disk.areOnes(first, first + run)) {
      return;
    }
    for (int i = 0; i < run; i++) {
      long refcount = dataFile ? 1 : disk.get(first + i);
      if (refcount != DiskRefcounts.UNREADABLE && (refcount == 1) != copied) {
        found(
            FindingKind.COPIED_FLAG_WRONG,
            index + i,
            entry + (long) i * clusterSize,
            "bit 63 is "
                + (copied ? 0 : 1)
                + ", the refcount is "
                + Long.toUnsignedString(refcount));
      }
    }
  }

  /** What QEMU does not look at: entries behind the disk, and those of an external data file. */
  private void checkPlace(int index, long entry, int run) {
    if (!active) {
      return;
    }
    long guest = l1Index * perTable + index;
    // A table of which nothing belongs to the disk is reported as such.
    if (guest + run > guestClusters && l1Index * perTable < guestClusters) {
      long first = Math.max(guest, guestClusters);
      int at = (int) (first - l1Index * perTable);
      findings.add(
          FindingKind.ENTRY_BEYOND_DISK,
          guest + run - first,
          () -> finding(FindingKind.ENTRY_BEYOND_DISK, at, entry, "0"));
    }
    if (dataFile
        && !L2Entry.isCompressed(entry)
        && TableEntry.hostOffset(entry) != guestOffset(index)) {
      findings.add(
          FindingKind.DATA_FILE_OFFSET,
          run,
          () ->
              finding(FindingKind.DATA_FILE_OFFSET, index, entry, "offset " + guestOffset(index)));
    }
  }

  private void findUnmapped(long[] entries, int from) {
    int step = extended ? 2 : 1;
    long here = Math.min(perTable, guestClusters - l1Index * perTable);
    for (int i = 0; i < here; i++) {
      long entry = entries[from + i * step];
      if (!TableEntry.isCopied(entry) && TableEntry.hostOffset(entry) == 0) {
        found(FindingKind.DATA_FILE_UNMAPPED, i, entry, "a mapping");
      }
    }
  }

  private long guestOffset(int index) {
    return active ? (l1Index * perTable + index) << clusterBits : NO_INDEX;
  }

  private void found(FindingKind kind, int index, long entry, String expected) {
    findings.add(kind, weight, () -> finding(kind, index, entry, expected));
  }

  private Finding finding(FindingKind kind, int index, long entry, String expected) {
    String table = active ? "L2 table of L1 entry " + l1Index : "L2 table of a snapshot";
    return Finding.at(
        kind,
        table + ", entry " + index,
        l2Offset + (long) index * (extended ? 16 : 8),
        String.format("%016x", entry),
        expected);
  }
}
