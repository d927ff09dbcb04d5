package io.github.qcow2tostdout.check;

import io.github.qcow2tostdout.format.BitmapField;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.SnapshotField;
import io.github.qcow2tostdout.format.TableEntry;
import io.github.qcow2tostdout.image.BitmapDirectory;
import io.github.qcow2tostdout.image.BitmapEntry;
import io.github.qcow2tostdout.image.BitmapRules;
import io.github.qcow2tostdout.image.EntryReader;
import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.image.Snapshot;
import io.github.qcow2tostdout.image.SnapshotTable;
import io.github.qcow2tostdout.image.WeightedRanges;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;

/** Goes through everything that an image refers to, but for its refcount blocks. */
final class ImageWalk {
  private final OpenedImage image;
  private final SnapshotTable snapshots;
  private final References references;
  private final Findings findings;
  private final L1Walk l1;

  ImageWalk(
      OpenedImage image,
      SnapshotTable snapshots,
      References references,
      DiskRefcounts disk,
      Findings findings,
      CheckStatistics statistics,
      Progress progress) {
    this.image = image;
    this.snapshots = snapshots;
    this.references = references;
    this.findings = findings;
    l1 = new L1Walk(image, references, disk, findings, statistics, progress);
  }

  void run() throws IOException {
    references.region(Structure.HEADER, -1, 0, image.clusterSize(), 1);
    l1.active(hasVmState());
    if (image.hasDataFile() && !snapshots.snapshots().isEmpty()) {
      findings.add(
          Finding.at(
              FindingKind.SNAPSHOTS_WITH_DATA_FILE,
              "header",
              HeaderField.NB_SNAPSHOTS.offset(),
              snapshots.snapshots().size() + " snapshots",
              "0"));
    }
    l1.snapshots(snapshots.snapshots());
    references.region(Structure.SNAPSHOT_TABLE, -1, snapshots.offset(), snapshots.size(), 1);
    references.region(
        Structure.REFCOUNT_TABLE,
        -1,
        image.get(HeaderField.REFCOUNT_TABLE_OFFSET),
        image.get(HeaderField.REFCOUNT_TABLE_CLUSTERS) * image.clusterSize(),
        1);
    if (image.crypto().isPresent()) {
      OpenedImage.CryptoHeader crypto = image.crypto().get();
      // QEMU takes a length of 2^63 or more for a negative one, and that for nothing.
      references.region(
          Structure.CRYPTO_HEADER, -1, crypto.offset(), Math.max(0, crypto.length()), 1);
    }
    if (image.bitmaps().isPresent()) {
      bitmaps(image.bitmaps().get());
    }
  }

  private boolean hasVmState() {
    for (Snapshot snapshot : snapshots.snapshots()) {
      if (snapshot.vmStateSize() != 0
          || snapshot.get(SnapshotField.L1_SIZE) < image.get(HeaderField.L1_SIZE)) {
        return true;
      }
    }
    return false;
  }

  private void bitmaps(BitmapDirectory directory) throws IOException {
    references.region(Structure.BITMAP_DIRECTORY, -1, directory.offset(), directory.size(), 1);
    long clusterSize = image.clusterSize();
    WeightedRanges clusters = new WeightedRanges();
    for (BitmapEntry bitmap : directory.bitmaps()) {
      long offset = bitmap.get(BitmapField.BITMAP_TABLE_OFFSET);
      long length = bitmap.get(BitmapField.BITMAP_TABLE_SIZE) * Long.BYTES;
      if (length <= image.fileEnd() - offset) {
        clusters.add(offset / clusterSize, Math.ceilDiv(offset + length, clusterSize));
      } else {
        references.region(Structure.BITMAP_TABLE, -1, offset, length, 1);
      }
    }
    clusters.forEach((from, to, weight) ->
        references.region(
            Structure.BITMAP_TABLE,
            -1,
            from * clusterSize,
            Math.min(to * clusterSize, image.file().size()) - from * clusterSize,
            weight));
    new EntryReader(image.file(), EntryReader.MAX_ENTRIES / 16)
        .forEach(BitmapRules.tables(directory), image.fileEnd(), "bitmap table", this::data);
  }

  private void data(long[] entries, int count, long at, long weight) {
    for (int i = 0; i < count; i++) {
      long offset = TableEntry.hostOffset(entries[i]);
      if (offset != 0) {
        references.clusters(Structure.BITMAP_DATA, -1, offset, 1, weight);
      }
    }
  }
}
