package io.github.qcow2tostdout.check;

import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.format.Limits;
import io.github.qcow2tostdout.format.SnapshotField;
import io.github.qcow2tostdout.format.TableEntry;
import io.github.qcow2tostdout.image.EntryReader;
import io.github.qcow2tostdout.image.OpenRules;
import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.image.Snapshot;
import io.github.qcow2tostdout.image.WeightedRanges;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.util.List;

/**
 * Goes through L1 tables and the L2 tables behind them. Each L2 table is read once for the disk and
 * once for all snapshots, however many entries point to it, with that number as its weight: so that
 * no image keeps this busy for longer than its size justifies.
 */
final class L1Walk {
  /** Set in the offsets that are kept in maps, so that none is 0; no offset has this bit. */
  private static final long KEY = 1;

  private final OpenedImage image;
  private final References references;
  private final DiskRefcounts disk;
  private final Findings findings;
  private final L2Tables tables;
  private final EntryReader l1Reader;
  private final int clusterSize;
  private final int clusterBits;
  private final long l2Reach;

  L1Walk(
      OpenedImage image,
      References references,
      DiskRefcounts disk,
      Findings findings,
      CheckStatistics statistics,
      Progress progress) {
    this.image = image;
    this.references = references;
    this.disk = disk;
    this.findings = findings;
    tables =
        new L2Tables(
            image,
            new L2Walk(image, references, disk, findings, statistics, progress),
            findings,
            progress);
    clusterSize = image.clusterSize();
    clusterBits = image.geometry().clusterBits();
    l1Reader = new EntryReader(image.file(), EntryReader.MAX_ENTRIES / 16);
    l2Reach = (long) image.l2Entries() << clusterBits;
  }

  /** The L1 table of the disk. */
  void active(boolean hasVmState) throws IOException {
    long offset = image.get(HeaderField.L1_TABLE_OFFSET);
    long entries = image.get(HeaderField.L1_SIZE);
    references.region(Structure.L1_TABLE, -1, offset, entries * Long.BYTES, 1);
    long inFile = Math.min(entries, Math.max(0, (image.fileEnd() - offset) / Long.BYTES));
    long needed = Math.ceilDiv(image.diskSize(), l2Reach);
    UsedClusters seen = new UsedClusters(Math.ceilDiv(image.fileEnd(), (long) clusterSize) + 1);
    LongCounts again = new LongCounts();
    LongCounts lastIndex = new LongCounts();
    for (long at = 0; at < inFile; at += l1Reader.capacity()) {
      int count = (int) Math.min(l1Reader.capacity(), inFile - at);
      l1Reader.read(offset + at * Long.BYTES, count, "L1 table");
      long[] table = l1Reader.entries();
      for (int i = 0; i < count; i++) {
        long entry = table[i];
        if (entry == 0) {
          continue;
        }
        long index = at + i;
        long l2Offset = TableEntry.hostOffset(entry);
        entry(entry, index, offset + index * Long.BYTES, 1);
        if (index >= needed && !hasVmState) {
          findings.add(
              FindingKind.L1_ENTRY_BEYOND_DISK,
              1,
              () ->
                  finding(
                      FindingKind.L1_ENTRY_BEYOND_DISK,
                      index,
                      offset + index * Long.BYTES,
                      entry,
                      "0"));
        }
        if (l2Offset != 0) {
          checkCopied(index, offset + index * Long.BYTES, entry);
        }
        if (l2Offset < image.fileEnd()) {
          if ((l2Offset & (clusterSize - 1)) == 0 && seen.add(l2Offset >>> clusterBits)) {
            tables.add(l2Offset, index);
          } else {
            again.add(l2Offset | KEY, 1);
            lastIndex.put(l2Offset | KEY, index);
          }
        }
      }
      tables.flush();
      tables.report(at + count);
    }
    for (long key : again.sortedKeys()) {
      tables.read(key & ~KEY, lastIndex.get(key), again.get(key));
    }
    tables.report(entries);
  }

  /** The L1 tables of all snapshots. */
  void snapshots(List<Snapshot> snapshots) throws IOException {
    WeightedRanges l1Tables = new WeightedRanges();
    WeightedRanges clusters = new WeightedRanges();
    for (Snapshot snapshot : snapshots) {
      addTable(snapshot, l1Tables, clusters);
    }
    clusters.forEach((from, to, weight) ->
        references.region(
            Structure.SNAPSHOT_L1,
            -1,
            from << clusterBits,
            Math.min(to << clusterBits, image.file().size()) - (from << clusterBits),
            weight));
    LongCounts offsets = new LongCounts();
    l1Tables.forEach((from, to, weight) -> {
      for (long at = from; at < to; at += (long) l1Reader.capacity() * Long.BYTES) {
        int count = (int) Math.min(l1Reader.capacity(), (to - at) / Long.BYTES);
        if (!image.file().isHole(at, (long) count * Long.BYTES)) {
          l1Reader.read(at, count, "L1 table of a snapshot");
          snapshotEntries(l1Reader.entries(), count, at, weight, offsets);
        }
      }
    });
    for (long key : offsets.sortedKeys()) {
      tables.read(key & ~KEY, L2Table.NO_INDEX, offsets.get(key));
    }
  }

  private void addTable(Snapshot snapshot, WeightedRanges l1Tables, WeightedRanges clusters)
      throws ImageException {
    long offset = snapshot.get(SnapshotField.L1_TABLE_OFFSET);
    long entries = snapshot.get(SnapshotField.L1_SIZE);
    if ((offset & (clusterSize - 1)) != 0) {
      findings.add(
          FindingKind.SNAPSHOT_L1_UNALIGNED,
          1,
          () ->
              Finding.at(
                  FindingKind.SNAPSHOT_L1_UNALIGNED,
                  snapshot.title(),
                  snapshot.offset(),
                  "L1 table at byte " + Long.toUnsignedString(offset),
                  "a multiple of " + clusterSize));
      return;
    }
    if (entries > Limits.MAX_L1_BYTES / Long.BYTES) {
      findings.add(
          FindingKind.SNAPSHOT_L1_TOO_LARGE,
          1,
          () ->
              Finding.at(
                  FindingKind.SNAPSHOT_L1_TOO_LARGE,
                  snapshot.title(),
                  snapshot.offset(),
                  entries + " entries",
                  "at most " + Limits.MAX_L1_BYTES / Long.BYTES));
      return;
    }
    long length = entries * Long.BYTES;
    if (length > 0 && (offset < 0 || offset > OpenRules.MAX_FILE - length)) {
      throw new ImageException.Corrupt(
          image.file().name(),
          "Could not read L1 table of "
              + snapshot.title()
              + ": byte "
              + Long.toUnsignedString(offset),
          ImageCheck.SNAPSHOTS_LOST);
    }
    if (offset >= 0 && length <= image.fileEnd() - offset) {
      clusters.add(offset >>> clusterBits, Math.ceilDiv(offset + length, (long) clusterSize));
    } else {
      references.region(Structure.SNAPSHOT_L1, -1, offset, length, 1);
    }
    if (offset >= 0 && offset < image.fileEnd()) {
      l1Tables.add(offset, Math.min(offset + length, image.fileEnd()));
    }
  }

  private void snapshotEntries(long[] table, int count, long at, long weight, LongCounts offsets) {
    for (int i = 0; i < count; i++) {
      long entry = table[i];
      if (entry == 0) {
        continue;
      }
      entry(entry, L2Table.NO_INDEX, at + (long) i * Long.BYTES, weight);
      long l2Offset = TableEntry.hostOffset(entry);
      if (l2Offset < image.fileEnd()) {
        offsets.add(l2Offset | KEY, weight);
      }
    }
  }

  /** An L1 entry that is not 0. */
  private void entry(long entry, long index, long place, long weight) {
    boolean active = index != L2Table.NO_INDEX;
    if ((entry & TableEntry.L1_RESERVED) != 0) {
      findings.add(
          FindingKind.L1_RESERVED_BITS,
          weight,
          () ->
              finding(
                  FindingKind.L1_RESERVED_BITS, index, place, entry, "bits 0 to 8, 56 to 62: 0"));
    }
    long l2Offset = TableEntry.hostOffset(entry);
    references.region(
        active ? Structure.L2_TABLE : Structure.SNAPSHOT_L2, index, l2Offset, clusterSize, weight);
    if ((l2Offset & (clusterSize - 1)) != 0) {
      findings.add(
          FindingKind.L2_TABLE_UNALIGNED,
          weight,
          () ->
              finding(
                  FindingKind.L2_TABLE_UNALIGNED,
                  index,
                  place,
                  entry,
                  "an offset that is a multiple of " + clusterSize));
    }
  }

  private void checkCopied(long index, long place, long entry) throws IOException {
    boolean copied = TableEntry.isCopied(entry);
    long refcount = disk.get(TableEntry.hostOffset(entry) >>> clusterBits);
    if (refcount != DiskRefcounts.UNREADABLE && (refcount == 1) != copied) {
      findings.add(
          FindingKind.COPIED_FLAG_WRONG,
          1,
          () ->
              finding(
                  FindingKind.COPIED_FLAG_WRONG,
                  index,
                  place,
                  entry,
                  "bit 63 is "
                      + (copied ? 0 : 1)
                      + ", the refcount is "
                      + Long.toUnsignedString(refcount)));
    }
  }

  private static Finding finding(
      FindingKind kind, long index, long place, long entry, String expected) {
    return Finding.at(
        kind,
        index == L2Table.NO_INDEX ? "L1 table of a snapshot" : "L1 table, entry " + index,
        place,
        String.format("%016x", entry),
        expected);
  }
}
