package io.github.qcow2tostdout.check;

import io.github.qcow2tostdout.format.Feature;
import io.github.qcow2tostdout.format.L2Entry;
import io.github.qcow2tostdout.format.TableEntry;
import io.github.qcow2tostdout.image.L2Format;
import io.github.qcow2tostdout.image.OpenedImage;
import java.io.IOException;

/** What must be so of the L2 entries of the disk, and may be otherwise in those of snapshots. */
final class ActiveL2Rules {
  private final DiskRefcounts disk;
  private final L2Format format;
  private final boolean dataFile;
  private final boolean mustMapAll;
  private final int clusterSize;
  private final int clusterBits;
  private final int perTable;
  private final long guestClusters;

  ActiveL2Rules(OpenedImage image, L2Format format, DiskRefcounts disk) {
    this.disk = disk;
    this.format = format;
    dataFile = format.dataFile();
    mustMapAll = dataFile && Feature.DATA_FILE_RAW.isSetIn(image.header());
    clusterSize = image.clusterSize();
    clusterBits = format.clusterBits();
    perTable = format.entries();
    guestClusters = Math.ceilDiv(image.diskSize(), (long) clusterSize);
  }

  /** Clusters that follow each other on the disk and in the file. */
  void check(L2Table table, int index, long entry, int run) throws IOException {
    checkCopied(table, index, entry, run);
    checkPlace(table, index, entry, run);
  }

  private void checkCopied(L2Table table, int index, long entry, int run) throws IOException {
    // An L1 entry with flags but no offset has the header as its table; QEMU looks at that too,
    // but not at bit 63 in it.
    if (table.offset() == 0) {
      return;
    }
    boolean copied = TableEntry.isCopied(entry);
    long first = TableEntry.hostOffset(entry) >>> clusterBits;
    if (dataFile ? copied : copied && disk.areOnes(first, first + run)) {
      return;
    }
    if (disk.get(table.offset() >>> clusterBits) == DiskRefcounts.UNREADABLE) {
      // QEMU does not look into a table of which it can't tell whether it is the only one's.
      return;
    }
    for (int i = 0; i < run; i++) {
      long refcount = dataFile ? 1 : disk.get(first + i);
      if (refcount != DiskRefcounts.UNREADABLE && (refcount == 1) != copied) {
        table.found(
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
  void checkPlace(L2Table table, int index, long entry, int run) {
    long guest = table.firstGuestCluster() + index;
    // A table of which nothing belongs to the disk is reported as such.
    if (guest + run > guestClusters && table.firstGuestCluster() < guestClusters) {
      long first = Math.max(guest, guestClusters);
      table.found(
          FindingKind.ENTRY_BEYOND_DISK,
          guest + run - first,
          (int) (first - table.firstGuestCluster()),
          entry,
          "0");
    }
    if (dataFile
        && !L2Entry.isCompressed(entry)
        && TableEntry.hostOffset(entry) != table.guestOffset(index)) {
      table.found(
          FindingKind.DATA_FILE_OFFSET, run, index, entry, "offset " + table.guestOffset(index));
    }
  }

  /** How many clusters the table does not map, as it should with a raw data file. */
  long unmapped(L2Table table, long[] entries, int from) {
    long unmapped = 0;
    if (mustMapAll) {
      int step = format.extended() ? 2 : 1;
      long here = guestClustersOf(table);
      for (int i = 0; i < here; i++) {
        long entry = entries[from + i * step];
        if (!TableEntry.isCopied(entry) && TableEntry.hostOffset(entry) == 0) {
          unmapped++;
        }
      }
    }
    return unmapped * table.weight();
  }

  /** The same of a table that is nothing but zeroes. */
  long unmapped(L2Table hole) {
    return mustMapAll ? Math.max(0, guestClustersOf(hole)) * hole.weight() : 0;
  }

  /** How many of its entries belong to the disk; none if this is not above 0. */
  private long guestClustersOf(L2Table table) {
    return Math.min(perTable, guestClusters - table.firstGuestCluster());
  }
}
