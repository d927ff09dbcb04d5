package io.github.qcow2tostdout.image;

import io.github.qcow2tostdout.format.BitmapField;
import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.Header;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.format.SnapshotField;
import java.io.IOException;

/**
 * Goes through the structures of an image that others refer to: refcount table, L1 tables,
 * snapshots, bitmaps, and tells a listener each table and each entry, in the order of the image.
 * Which part comes when the caller says; only the cluster size has to be right, so that it serves
 * images too that QEMU refuses.
 *
 * <p>A check goes its own way, because it counts: docs/design.md says more.
 */
public final class StructureWalk {
  private final BoundedFile file;
  private final Header header;
  private final StructureListener listener;
  private final TableReader reader;

  /**
   * A walk.
   *
   * @param header in which {@code cluster_bits} fits
   */
  public StructureWalk(BoundedFile file, Header header, StructureListener listener) {
    this.file = file;
    this.header = header;
    this.listener = listener;
    reader = new TableReader(file);
  }

  /** The refcount table. */
  public void refcountTable() throws IOException {
    long clusters = header.get(HeaderField.REFCOUNT_TABLE_CLUSTERS);
    long perCluster = (1L << header.get(HeaderField.CLUSTER_BITS)) / Geometry.TABLE_ENTRY_SIZE;
    table(
        new PointerTable(
            PointerTable.Kind.REFCOUNT_TABLE,
            0,
            header.get(HeaderField.REFCOUNT_TABLE_OFFSET),
            clusters * perCluster));
  }

  /** The disk's L1 table. */
  public void l1Table() throws IOException {
    table(
        new PointerTable(
            PointerTable.Kind.L1_TABLE,
            0,
            header.get(HeaderField.L1_TABLE_OFFSET),
            header.get(HeaderField.L1_SIZE)));
  }

  /**
   * The snapshots, as far as they can be read.
   *
   * @throws ImageException if one can't be read; those before it were told
   */
  public void snapshots(SnapshotWalk snapshots) throws IOException {
    while (snapshots.hasNext()) {
      int number = snapshots.number();
      snapshot(number, snapshots.next());
    }
  }

  /** One snapshot. */
  public void snapshot(int number, Snapshot snapshot) throws IOException {
    listener.snapshot(number, snapshot);
    table(
        new PointerTable(
            PointerTable.Kind.SNAPSHOT_L1_TABLE,
            number,
            snapshot.get(SnapshotField.L1_TABLE_OFFSET),
            snapshot.get(SnapshotField.L1_SIZE)));
    listener.endSnapshot();
  }

  /** The bitmaps of a directory. */
  public void bitmaps(BitmapDirectory directory) throws IOException {
    int number = 0;
    for (BitmapEntry bitmap : directory.bitmaps()) {
      listener.bitmap(number, bitmap);
      table(
          new PointerTable(
              PointerTable.Kind.BITMAP_TABLE,
              number,
              bitmap.get(BitmapField.BITMAP_TABLE_OFFSET),
              bitmap.get(BitmapField.BITMAP_TABLE_SIZE)));
      listener.endBitmap();
      number++;
    }
  }

  private void table(PointerTable table) throws IOException {
    long there =
        TableReader.entriesInFile(file, table.offset(), table.entries(), TableReader.ENTRY_SIZE);
    StructureListener.Reading reading = listener.table(table, there);
    TableReader.Visitor visitor = (index, at, entry, none) -> listener.entry(table, index, entry);
    if (reading.zeroes()) {
      reader.forEach(
          reading.name(), table.offset(), reading.entries(), TableReader.ENTRY_SIZE, visitor);
    } else {
      reader.forEachInUse(
          reading.name(), table.offset(), reading.entries(), TableReader.ENTRY_SIZE, visitor);
    }
    listener.endTable(table);
  }
}
