package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.format.BitmapTableEntry;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.L2Entry;
import io.github.qcow2tostdout.format.TableEntry;
import io.github.qcow2tostdout.image.BitmapDirectory;
import io.github.qcow2tostdout.image.BitmapEntry;
import io.github.qcow2tostdout.image.ClusterSet;
import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.image.PointerTable;
import io.github.qcow2tostdout.image.Snapshot;
import io.github.qcow2tostdout.image.SnapshotTable;
import io.github.qcow2tostdout.image.StructureListener;
import io.github.qcow2tostdout.image.StructureWalk;
import io.github.qcow2tostdout.image.TableBudget;
import io.github.qcow2tostdout.image.TableReader;
import java.io.IOException;

/**
 * Where everything lies, with the keys of the {@code Qcow2Metadata} that was proposed for QEMU, and
 * some more. Written as it is read. What several entries refer to is listed for the first of them,
 * so that the report is not much larger than the image's metadata.
 */
final class VisceraSection implements StructureListener {
  private final OpenedImage image;
  private final JsonWriter json;
  private final int clusterSize;

  private final StructureWalk walk;

  /** Entries of L1 and bitmap tables that are listed; no honest image needs more. */
  private final TableBudget budget;

  VisceraSection(OpenedImage image, JsonWriter json) {
    this.image = image;
    this.json = json;
    clusterSize = image.clusterSize();
    walk = new StructureWalk(image.file(), image.header(), this);
    budget = new TableBudget(image.file().size() / Long.BYTES + 1);
  }

  void write() throws IOException {
    json.beginObject("viscera");
    json.beginObject("qcow2-header");
    location(0, clusterSize);
    json.number("version", image.get(HeaderField.VERSION));
    json.endObject();
    json.beginObject("refcount-table");
    location(
        image.get(HeaderField.REFCOUNT_TABLE_OFFSET),
        image.get(HeaderField.REFCOUNT_TABLE_CLUSTERS) * clusterSize);
    json.endObject();
    json.beginObject("active-l1");
    json.text("name", "L1 active table");
    walk.l1Table();
    json.endObject();
    if (image.crypto().isPresent()) {
      json.beginObject("crypt-header");
      location(image.crypto().get().offset(), image.crypto().get().length());
      json.endObject();
    }
    if (image.bitmaps().isPresent()) {
      bitmaps(image.bitmaps().get());
    }
    if (image.get(HeaderField.NB_SNAPSHOTS) != 0) {
      snapshots(SnapshotTable.read(image.file(), image.header()));
    }
    json.beginArray("refcount-blocks");
    walk.refcountTable();
    json.endArray();
    dataExtents();
    json.endObject();
  }

  private void location(long offset, long size) throws IOException {
    json.beginObject("location");
    json.number("offset", offset);
    json.number("size", size);
    json.endObject();
  }

  private void element(long offset, long size) throws IOException {
    json.beginObject();
    json.number("offset", offset);
    json.number("size", size);
    json.endObject();
  }

  private void bitmaps(BitmapDirectory directory) throws IOException {
    json.beginObject("bitmaps");
    json.number("nb-bitmaps", directory.nbBitmaps());
    json.beginObject("bitmap-dir");
    location(directory.offset(), directory.size());
    json.beginArray("dir-entries");
    walk.bitmaps(directory);
    json.endArray();
    json.endObject();
    json.endObject();
  }

  private void snapshots(SnapshotTable table) throws IOException {
    json.beginObject("snapshot-table");
    location(table.offset(), table.size());
    json.beginArray("l1-list");
    int number = 0;
    for (Snapshot snapshot : table.snapshots()) {
      walk.snapshot(number, snapshot);
      number++;
    }
    json.endArray();
    json.endObject();
  }

  @Override
  public void snapshot(int number, Snapshot snapshot) throws IOException {
    json.beginObject();
    json.text("name", snapshot.name());
  }

  @Override
  public void endSnapshot() {
    json.endObject();
  }

  @Override
  public void bitmap(int number, BitmapEntry bitmap) throws IOException {
    json.beginObject();
    json.text("bitmap-name", bitmap.name());
    json.beginObject("bitmap-table");
  }

  @Override
  public void endBitmap() {
    json.endObject();
    json.endObject();
  }

  @Override
  public Reading table(PointerTable table, long there) throws IOException {
    return switch (table.kind()) {
      case REFCOUNT_TABLE -> new Reading("refcount table", there, false);
      case L1_TABLE, SNAPSHOT_L1_TABLE -> {
        location(table.offset(), table.size());
        json.beginArray("l2-list");
        yield new Reading("L1 table", budget.take(there), false);
      }
      case BITMAP_TABLE -> {
        location(table.offset(), table.size());
        json.beginArray("table-entries");
        yield new Reading("bitmap table", budget.take(there), true);
      }
    };
  }

  @Override
  public void entry(PointerTable table, long index, long entry) throws IOException {
    switch (table.kind()) {
      case REFCOUNT_TABLE -> {
        if (table.target(entry) != 0) {
          element(table.target(entry), clusterSize);
        }
      }
      case L1_TABLE, SNAPSHOT_L1_TABLE -> element(table.target(entry), clusterSize);
      case BITMAP_TABLE -> bitmapEntry(entry);
    }
  }

  @Override
  public void endTable(PointerTable table) {
    if (table.kind() != PointerTable.Kind.REFCOUNT_TABLE) {
      json.endArray();
    }
  }

  private void bitmapEntry(long entry) throws IOException {
    BitmapTableEntry.Type type = BitmapTableEntry.type(entry);
    json.beginObject();
    // Here, and only here, the spelling is that of the proposed schema.
    json.text("type", type == BitmapTableEntry.Type.ALL_ZEROES ? "all-zeros" : type.specName());
    if (type == BitmapTableEntry.Type.SERIALIZED) {
      json.beginObject("cluster");
      json.number("offset", TableEntry.hostOffset(entry));
      json.number("size", clusterSize);
      json.endObject();
    }
    json.endObject();
  }

  private void dataExtents() throws IOException {
    json.beginArray("data-extents");
    Extents extents = new Extents();
    ClusterSet seen = new ClusterSet();
    long perTable = image.geometry().l2Entries();
    TableReader l2 = new TableReader(image.file());
    new TableReader(image.file())
        .forEachInUse(
            "L1 table",
            image.get(HeaderField.L1_TABLE_OFFSET),
            image.get(HeaderField.L1_SIZE),
            TableReader.ENTRY_SIZE,
            (index, place, entry, none) -> {
              long table = TableEntry.hostOffset(entry);
              if (table != 0 && seen.add(table / clusterSize) == ClusterSet.Added.NEW) {
                l2.forEachInUse(
                    "L2 table",
                    table,
                    perTable,
                    image.geometry().l2EntrySize(),
                    (at, where, data, bitmap) ->
                        extents.add((index * perTable + at) * clusterSize, data));
              }
            });
    extents.flush();
    json.endArray();
  }

  /** Joins clusters that follow each other on the disk and in the file. */
  private final class Extents {
    private long guestOffset;
    private long offset;
    private long size;

    void add(long guest, long entry) throws IOException {
      if (L2Entry.isCompressed(entry)) {
        flush();
        int bits = image.geometry().clusterBits();
        json.beginObject();
        json.number("guest-offset", guest);
        json.number("offset", L2Entry.compressedOffset(entry, bits));
        json.number("size", L2Entry.compressedLength(entry, bits));
        json.truth("compressed", true);
        json.endObject();
        return;
      }
      long host = TableEntry.hostOffset(entry);
      if (host == 0 && !(image.hasDataFile() && TableEntry.isCopied(entry))) {
        return;
      }
      if (size == 0 || guest != guestOffset + size || host != offset + size) {
        flush();
        guestOffset = guest;
        offset = host;
      }
      size += clusterSize;
    }

    void flush() throws IOException {
      if (size > 0) {
        json.beginObject();
        json.number("guest-offset", guestOffset);
        json.number("offset", offset);
        json.number("size", size);
        json.endObject();
        size = 0;
      }
    }
  }
}
