package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.format.BitmapField;
import io.github.qcow2tostdout.format.BitmapTableEntry;
import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.L2Entry;
import io.github.qcow2tostdout.format.SnapshotField;
import io.github.qcow2tostdout.format.TableEntry;
import io.github.qcow2tostdout.image.BitmapDirectory;
import io.github.qcow2tostdout.image.BitmapEntry;
import io.github.qcow2tostdout.image.ClusterSet;
import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.image.Snapshot;
import io.github.qcow2tostdout.image.SnapshotTable;
import io.github.qcow2tostdout.image.TableReader;
import java.io.IOException;

/**
 * Where everything lies, with the keys of the {@code Qcow2Metadata} that was proposed for QEMU, and
 * some more. Written as it is read. What several entries refer to is listed for the first of them,
 * so that the report is not much larger than the image's metadata.
 */
final class VisceraSection {
  private final OpenedImage image;
  private final JsonWriter json;
  private final int clusterSize;

  /** Entries of L1 and bitmap tables that may still be listed; no honest image needs more. */
  private long budget;

  VisceraSection(OpenedImage image, JsonWriter json) {
    this.image = image;
    this.json = json;
    clusterSize = image.clusterSize();
    budget = image.file().size() / Long.BYTES + 1;
  }

  void write() throws IOException {
    json.beginObject("viscera");
    json.beginObject("qcow2-header");
    location(0, clusterSize);
    json.number("version", image.get(HeaderField.VERSION));
    json.endObject();
    json.beginObject("refcount-table");
    location(image.get(HeaderField.REFCOUNT_TABLE_OFFSET), refcountTableSize());
    json.endObject();
    json.beginObject("active-l1");
    json.text("name", "L1 active table");
    l1(image.get(HeaderField.L1_TABLE_OFFSET), image.get(HeaderField.L1_SIZE));
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
    refcountBlocks();
    dataExtents();
    json.endObject();
  }

  private long refcountTableSize() {
    return image.get(HeaderField.REFCOUNT_TABLE_CLUSTERS) * clusterSize;
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

  private void l1(long offset, long entries) throws IOException {
    location(offset, entries * Geometry.TABLE_ENTRY_SIZE);
    json.beginArray("l2-list");
    table(
        "L1 table",
        offset,
        entries,
        entry -> {
          if (entry != 0) {
            element(TableEntry.hostOffset(entry), clusterSize);
          }
        });
    json.endArray();
  }

  /** What to do with an entry of a table. */
  private interface EntryVisitor {
    void entry(long entry) throws IOException;
  }

  private void table(String what, long offset, long entries, EntryVisitor visitor)
      throws IOException {
    long allowed =
        Math.min(
            budget,
            TableReader.entriesInFile(image.file(), offset, entries, TableReader.ENTRY_SIZE));
    budget -= allowed;
    new TableReader(image.file())
        .forEach(
            what,
            offset,
            allowed,
            TableReader.ENTRY_SIZE,
            (index, place, entry, bitmap) -> visitor.entry(entry));
  }

  private void bitmaps(BitmapDirectory directory) throws IOException {
    json.beginObject("bitmaps");
    json.number("nb-bitmaps", directory.nbBitmaps());
    json.beginObject("bitmap-dir");
    location(directory.offset(), directory.size());
    json.beginArray("dir-entries");
    for (BitmapEntry bitmap : directory.bitmaps()) {
      json.beginObject();
      json.text("bitmap-name", bitmap.name());
      json.beginObject("bitmap-table");
      long offset = bitmap.get(BitmapField.BITMAP_TABLE_OFFSET);
      long entries = bitmap.get(BitmapField.BITMAP_TABLE_SIZE);
      location(offset, entries * Geometry.TABLE_ENTRY_SIZE);
      json.beginArray("table-entries");
      table("bitmap table", offset, entries, this::bitmapEntry);
      json.endArray();
      json.endObject();
      json.endObject();
    }
    json.endArray();
    json.endObject();
    json.endObject();
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

  private void snapshots(SnapshotTable table) throws IOException {
    json.beginObject("snapshot-table");
    location(table.offset(), table.size());
    json.beginArray("l1-list");
    for (Snapshot snapshot : table.snapshots()) {
      json.beginObject();
      json.text("name", snapshot.name());
      l1(snapshot.get(SnapshotField.L1_TABLE_OFFSET), snapshot.get(SnapshotField.L1_SIZE));
      json.endObject();
    }
    json.endArray();
    json.endObject();
  }

  private void refcountBlocks() throws IOException {
    json.beginArray("refcount-blocks");
    new TableReader(image.file())
        .forEachInUse(
            "refcount table",
            image.get(HeaderField.REFCOUNT_TABLE_OFFSET),
            refcountTableSize() / Geometry.TABLE_ENTRY_SIZE,
            TableReader.ENTRY_SIZE,
            (index, place, entry, bitmap) -> {
              if (TableEntry.refcountBlockOffset(entry) != 0) {
                element(TableEntry.refcountBlockOffset(entry), clusterSize);
              }
            });
    json.endArray();
  }

  private void dataExtents() throws IOException {
    json.beginArray("data-extents");
    Extents extents = new Extents();
    ClusterSet seen = new ClusterSet();
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
                    image.l2Entries(),
                    clusterSize / image.l2Entries(),
                    (at, where, data, bitmap) ->
                        extents.add((index * image.l2Entries() + at) * clusterSize, data));
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
