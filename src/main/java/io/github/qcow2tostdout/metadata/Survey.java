package io.github.qcow2tostdout.metadata;

import io.github.qcow2tostdout.format.BitmapField;
import io.github.qcow2tostdout.format.BitmapTableEntry;
import io.github.qcow2tostdout.format.CryptoField;
import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.Header;
import io.github.qcow2tostdout.format.HeaderExtension;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.format.Limits;
import io.github.qcow2tostdout.format.SnapshotField;
import io.github.qcow2tostdout.format.TableEntry;
import io.github.qcow2tostdout.image.BitmapDirectory;
import io.github.qcow2tostdout.image.BitmapEntry;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.Extension;
import io.github.qcow2tostdout.image.HeaderArea;
import io.github.qcow2tostdout.image.Snapshot;
import io.github.qcow2tostdout.image.SnapshotTable;
import io.github.qcow2tostdout.image.WeightedRanges;
import java.io.IOException;
import java.util.Optional;

/**
 * Finds what of an image is metadata: what the header leads to, and nothing else. The image may be
 * damaged; a table is believed as far as QEMU would take it.
 */
final class Survey {
  /** What is kept of an extension that nobody here knows. */
  static final int MAX_UNKNOWN = 64 << 10;

  /** The start of a LUKS header: its magic and version, and nothing that has to do with keys. */
  static final int CRYPTO_START = 8;

  /** The most bytes that QEMU takes of bitmaps, each. */
  private static final long MAX_BITMAP_BYTES = 1L << 29;

  private final BoundedFile file;
  private final Names names;
  private final HeaderArea area;
  private final Header header;
  private final WeightedRanges ranges = new WeightedRanges();
  private final LongList l2Tables = new LongList();
  private final LongList clusters = new LongList();
  private long clusterSize;

  private Survey(BoundedFile file, Names names) throws IOException {
    this.file = file;
    this.names = names;
    area = HeaderArea.read(file);
    header = area.header();
  }

  /**
   * Goes through an image.
   *
   * @param names are told each name that there is
   * @throws ImageException if it is no qcow2 image, or has more tables than memory is given
   */
  static Metadata of(BoundedFile file, Names names) throws IOException {
    Survey survey = new Survey(file, names);
    survey.headerCluster();
    if (survey.header.clusterBitsFit()) {
      survey.clusterSize = 1L << survey.header.get(HeaderField.CLUSTER_BITS);
      survey.refcounts();
      survey.disks();
      survey.bitmaps();
      survey.crypto();
    }
    return new Metadata(file, survey.header, survey.pieces(), survey.l2Tables);
  }

  private long get(HeaderField field) {
    return header.get(field);
  }

  /** Keeps a range, as far as it is in the file. */
  private void keep(long from, long length) {
    if (from >= 0 && from < file.size() && length > 0) {
      ranges.add(from, from + Math.min(length, file.size() - from));
    }
  }

  private void keep(LongList list, long offset) throws ImageException {
    if (offset >= 0 && offset < file.size() && !list.add(offset)) {
      throw new ImageException.Unsupported(
          file.name(),
          "it names more than " + LongList.MAX / 4 * 3 + " tables",
          "there is no way around that here");
    }
  }

  private void headerCluster() throws IOException {
    long most = header.clusterBitsFit() ? 1L << get(HeaderField.CLUSTER_BITS) : Header.V3_LENGTH;
    long length = get(HeaderField.HEADER_LENGTH);
    keep(0, length <= most ? Math.max(length, Header.V3_LENGTH) : Header.V3_LENGTH);
    long end = length;
    for (Extension extension : area.extensions()) {
      boolean known = extension.knownType().isPresent();
      keep(extension.offset(), HeaderExtension.PREFIX_SIZE);
      keep(
          extension.dataOffset(),
          known ? extension.length() : Math.min(MAX_UNKNOWN, extension.length()));
      if (extension.type() == HeaderExtension.DATA_FILE_NAME) {
        names.name(extension.dataOffset(), extension.data());
      } else if (!known) {
        names.unknown(extension.dataOffset(), extension.data().capacity());
      }
      end = extension.end();
    }
    if (end <= most) {
      // The mark of their end, or what is wrong there.
      keep(end, HeaderExtension.PREFIX_SIZE);
    }
    if (area.backingFile().isPresent()) {
      long offset = get(HeaderField.BACKING_FILE_OFFSET);
      int size = (int) get(HeaderField.BACKING_FILE_SIZE);
      keep(offset, size);
      names.name(offset, file.readPadded(offset, size, "backing file name"));
    }
  }

  private void refcounts() throws IOException {
    PointerTables table = new PointerTables(file, Limits.MAX_REFCOUNT_TABLE_BYTES);
    table.add(
        get(HeaderField.REFCOUNT_TABLE_OFFSET),
        get(HeaderField.REFCOUNT_TABLE_CLUSTERS) * (clusterSize / Geometry.TABLE_ENTRY_SIZE));
    table.addTo(ranges);
    table.forEach(
        "refcount table",
        entry -> {
          if (TableEntry.refcountBlockOffset(entry) != 0) {
            keep(clusters, TableEntry.refcountBlockOffset(entry));
          }
        });
  }

  private void disks() throws IOException {
    PointerTables l1 = new PointerTables(file, Limits.MAX_L1_BYTES);
    l1.add(get(HeaderField.L1_TABLE_OFFSET), get(HeaderField.L1_SIZE));
    if (get(HeaderField.NB_SNAPSHOTS) != 0) {
      SnapshotTable table = SnapshotTable.readPadded(file, header);
      for (Snapshot snapshot : table.snapshots()) {
        l1.add(snapshot.get(SnapshotField.L1_TABLE_OFFSET), snapshot.get(SnapshotField.L1_SIZE));
        names.snapshot(snapshot);
      }
      keep(table.offset(), table.size());
      if (table.problem().isPresent()) {
        // What says why it can't be read.
        keep(table.offset() + (table.size() + 7 & -8L), SnapshotField.SIZE);
      }
    }
    l1.addTo(ranges);
    // An entry with flags and no offset leads to the header, for QEMU too.
    l1.forEach("L1 table", entry -> keep(l2Tables, TableEntry.hostOffset(entry)));
  }

  private void bitmaps() throws IOException {
    Optional<Extension> extension = area.extension(HeaderExtension.BITMAPS);
    if (extension.isEmpty()) {
      return;
    }
    BitmapDirectory directory;
    try {
      directory = BitmapDirectory.read(file, extension.get());
    } catch (ImageException e) {
      // Then it leads nowhere.
      return;
    }
    PointerTables tables =
        new PointerTables(file, MAX_BITMAP_BYTES / clusterSize * Geometry.TABLE_ENTRY_SIZE);
    long end = directory.offset();
    for (BitmapEntry bitmap : directory.bitmaps()) {
      tables.add(
          bitmap.get(BitmapField.BITMAP_TABLE_OFFSET), bitmap.get(BitmapField.BITMAP_TABLE_SIZE));
      names.bitmap(bitmap);
      end = bitmap.offset() + bitmap.size();
    }
    keep(directory.offset(), end - directory.offset());
    if (end - directory.offset() < directory.size()) {
      keep(end, BitmapField.SIZE);
    }
    tables.addTo(ranges);
    tables.forEach(
        "bitmap table",
        entry -> {
          if (BitmapTableEntry.type(entry) == BitmapTableEntry.Type.SERIALIZED) {
            keep(clusters, TableEntry.hostOffset(entry));
          }
        });
  }

  private void crypto() {
    Optional<Extension> extension = area.extension(HeaderExtension.CRYPTO_HEADER);
    if (extension.isPresent()
        && extension.get().data().capacity() == CryptoField.SIZE
        && !file.isStream()) {
      keep(CryptoField.OFFSET.get(extension.get().data()), CRYPTO_START);
    }
  }

  private Pieces pieces() throws IOException {
    l2Tables.sort();
    clusters.sort();
    Pieces others = merge(clusters, rangesAlone());
    return merge(l2Tables, others);
  }

  private Pieces rangesAlone() throws IOException {
    Pieces alone = new Pieces();
    ranges.forEach((from, to, weight) -> alone.add(from, to));
    return alone;
  }

  private Pieces merge(LongList offsets, Pieces others) {
    Pieces merged = new Pieces();
    int other = 0;
    for (int i = 0; i < offsets.size(); i++) {
      long offset = offsets.get(i);
      while (other < others.size() && others.from(other) <= offset) {
        merged.add(others.from(other), others.to(other));
        other++;
      }
      merged.add(offset, Math.min(offset + clusterSize, file.size()));
    }
    while (other < others.size()) {
      merged.add(others.from(other), others.to(other));
      other++;
    }
    return merged;
  }
}
