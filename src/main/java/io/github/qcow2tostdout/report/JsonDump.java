package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.format.BitmapField;
import io.github.qcow2tostdout.format.BitmapFlag;
import io.github.qcow2tostdout.format.BitmapTableEntry;
import io.github.qcow2tostdout.format.FeatureName;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.L2Entry;
import io.github.qcow2tostdout.format.SnapshotField;
import io.github.qcow2tostdout.format.TableEntry;
import io.github.qcow2tostdout.inspect.BitmapDirectory;
import io.github.qcow2tostdout.inspect.BitmapEntry;
import io.github.qcow2tostdout.inspect.BoundedFile;
import io.github.qcow2tostdout.inspect.Extension;
import io.github.qcow2tostdout.inspect.HeaderArea;
import io.github.qcow2tostdout.inspect.HeaderValidity;
import io.github.qcow2tostdout.inspect.L2Format;
import io.github.qcow2tostdout.inspect.Snapshot;
import io.github.qcow2tostdout.inspect.Validity;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;

/**
 * A dump for programs, one JSON document; {@code dump.schema.json} describes it. Header and
 * extensions have the keys of QEMU's {@code qcow2.py}.
 */
final class JsonDump implements DumpView {
  private final Json json;
  private final DumpParts parts;

  JsonDump(ReportOutput output, DumpParts parts) throws IOException {
    json = new Json(output);
    this.parts = parts;
  }

  @Override
  public void begin(BoundedFile file) throws IOException {
    json.beginObject();
    json.text("filename", file.name());
    json.number("file_size", file.size());
  }

  @Override
  public void header(HeaderArea area, HeaderValidity validity) throws IOException {
    json.beginObject("header");
    for (HeaderField field : HeaderField.values()) {
      json.number(HeaderFormat.toolName(field), area.header().get(field));
    }
    json.endObject();
    if (judgesHead()) {
      json.beginArray("invalid_header_fields");
      for (HeaderField field : HeaderField.values()) {
        if (validity.of(field) == Validity.INVALID) {
          json.text(HeaderFormat.toolName(field));
        }
      }
      json.endArray();
    }
  }

  @Override
  public void beginExtensions() throws IOException {
    json.beginArray("extensions");
  }

  private void extensionStart(Extension extension) throws IOException {
    json.beginObject();
    json.text("name", extension.typeName());
    json.number("magic", Integer.toUnsignedLong(extension.type()));
    json.number("length", extension.length());
  }

  @Override
  public void extension(Extension extension) throws IOException {
    extensionStart(extension);
    json.text(
        "data_str",
        Printable.text(extension.data()).map(text -> "'" + text + "'").orElse("<binary>"));
    json.endObject();
  }

  @Override
  public void featureNames(Extension extension, List<FeatureName> names) throws IOException {
    extensionStart(extension);
    json.beginArray("data");
    for (FeatureName name : names) {
      json.beginRow();
      json.text("type", name.kindName());
      json.number("bit", name.bit());
      json.text("name", name.name());
      json.endObject();
    }
    json.endArray();
    json.endObject();
  }

  @Override
  public void beginBitmaps(Extension extension, BitmapDirectory directory) throws IOException {
    extensionStart(extension);
    json.beginObject("data");
    json.number("nb_bitmaps", directory.nbBitmaps());
    json.number("reserved32", directory.reserved());
    json.number("bitmap_directory_size", directory.size());
    json.number("bitmap_directory_offset", directory.offset());
    json.beginArray("bitmap_directory");
  }

  @Override
  public void beginBitmap(BitmapEntry bitmap, BitmapValidity validity) throws IOException {
    json.beginObject();
    json.text("name", bitmap.name());
    for (BitmapField field : BitmapField.values()) {
      json.number(field.specName(), bitmap.get(field));
    }
    json.beginArray("flag_names");
    for (String name : BitmapFlag.names(bitmap.get(BitmapField.FLAGS))) {
      json.text(name);
    }
    json.endArray();
    if (judgesHead()) {
      json.beginArray("invalid_fields");
      for (BitmapField field : BitmapField.values()) {
        if (validity.of(field) == Validity.INVALID) {
          json.text(field.specName());
        }
      }
      json.endArray();
    }
    json.beginArray("bitmap_table");
  }

  @Override
  public void bitmapTableEntry(
      long index, long offset, long entry, int clusterSize, Validity validity) throws IOException {
    json.beginObject();
    json.text("type", BitmapTableEntry.type(entry).specName());
    json.number("offset", TableEntry.hostOffset(entry));
    json.number("reserved", entry & BitmapTableEntry.RESERVED);
    if (judgesHead()) {
      valid(validity);
    }
    json.endObject();
  }

  @Override
  public void endBitmap() throws IOException {
    json.endArray();
    json.endObject();
  }

  @Override
  public void endBitmaps() throws IOException {
    json.endArray();
    json.endObject();
    json.endObject();
  }

  @Override
  public void endExtensions() throws IOException {
    json.endArray();
  }

  @Override
  public void backingFile(long offset, String name, Validity validity) throws IOException {
    json.beginObject("backing_file");
    json.number("offset", offset);
    json.text("name", name);
    valid(validity);
    json.endObject();
  }

  @Override
  public void beginRefcountTable(long offset, long entries) throws IOException {
    json.beginObject("refcount_table");
    json.number("offset", offset);
    json.number("entry_count", entries);
    json.beginArray("entries");
  }

  @Override
  public void refcountTableEntry(long index, long offset, long entry, Validity validity)
      throws IOException {
    row(index, offset);
    json.number("refcount_block_offset", TableEntry.refcountBlockOffset(entry));
    endRow(entry & TableEntry.REFCOUNT_TABLE_RESERVED, validity);
  }

  @Override
  public void endRefcountTable() throws IOException {
    json.endArray();
    json.endObject();
  }

  @Override
  public void beginRefcountBlocks() throws IOException {
    json.beginArray("refcount_blocks");
  }

  @Override
  public void beginRefcountBlock(long index, long offset, long firstCluster) throws IOException {
    json.beginObject();
    json.number("index", index);
    json.number("offset", offset);
    json.number("first_cluster", firstCluster);
    json.beginArray("refcounts");
  }

  @Override
  public void refcounts(RefcountRun run, Validity validity) throws IOException {
    json.beginRow();
    offset(run.offset());
    json.number("first_cluster", run.firstCluster());
    json.number("clusters", run.clusters());
    json.number("refcount", run.refcount());
    valid(validity);
    json.endObject();
  }

  @Override
  public void endRefcountBlock() throws IOException {
    json.endArray();
    json.endObject();
  }

  @Override
  public void endRefcountBlocks() throws IOException {
    json.endArray();
  }

  @Override
  public void beginL1Table(long offset, long entries) throws IOException {
    json.beginObject("l1_table");
    json.number("offset", offset);
    json.number("entry_count", entries);
    json.beginArray("entries");
  }

  @Override
  public void l1Entry(long index, long offset, long entry, Validity validity) throws IOException {
    row(index, offset);
    json.number("l2_table_offset", TableEntry.hostOffset(entry));
    json.truth("copied", TableEntry.isCopied(entry));
    endRow(entry & TableEntry.L1_RESERVED, validity);
  }

  @Override
  public void endL1Table() throws IOException {
    json.endArray();
    json.endObject();
  }

  @Override
  public void beginL2Tables() throws IOException {
    json.beginArray("l2_tables");
  }

  @Override
  public void beginL2Table(long l1Index, long offset, long guestOffset) throws IOException {
    json.beginObject();
    json.number("l1_index", l1Index);
    json.number("offset", offset);
    json.number("guest_offset", guestOffset);
    json.beginArray("entries");
  }

  @Override
  public void l2Entry(L2Row row) throws IOException {
    long entry = row.entry();
    L2Format.Kind kind = row.kind();
    row(row.index(), row.offset());
    json.number("guest_offset", row.guestOffset());
    json.text("type", kind.toolName());
    switch (kind) {
      case NORMAL, ZERO_ALLOCATED -> json.number("host_offset", TableEntry.hostOffset(entry));
      case COMPRESSED -> {
        int clusterBits = row.format().clusterBits();
        json.number("host_offset", L2Entry.compressedOffset(entry, clusterBits));
        json.number("length", L2Entry.compressedLength(entry, clusterBits));
      }
      case UNALLOCATED, ZERO -> {}
    }
    json.truth("copied", TableEntry.isCopied(entry));
    if (row.format().extended()) {
      json.number(
          "allocated_subclusters",
          Integer.toUnsignedLong(L2Entry.allocatedSubclusters(row.bitmap())));
      json.number(
          "zero_subclusters", Integer.toUnsignedLong(L2Entry.zeroSubclusters(row.bitmap())));
    }
    endRow(row.format().reservedBits(entry), row.validity());
  }

  @Override
  public void endL2Table() throws IOException {
    json.endArray();
    json.endObject();
  }

  @Override
  public void endL2Tables(long shared) throws IOException {
    json.endArray();
    json.number("l2_tables_shown_before", shared);
  }

  @Override
  public void beginSnapshots(long offset, long count) throws IOException {
    json.beginObject("snapshot_table");
    json.number("offset", offset);
    json.number("entry_count", count);
    json.beginArray("snapshots");
  }

  @Override
  public void beginSnapshot(int number, Snapshot snapshot, SnapshotValidity validity)
      throws IOException {
    json.beginObject();
    json.number("index", number);
    json.number("offset", snapshot.offset());
    json.number("size", snapshot.size());
    for (SnapshotField field : SnapshotField.values()) {
      json.number(field.specName(), snapshot.get(field));
    }
    extra("vm_state_size_large", snapshot.vmStateSizeLarge());
    extra("disk_size", snapshot.diskSize());
    extra("icount", snapshot.icount());
    json.text("id", snapshot.id());
    json.text("name", snapshot.name());
    if (parts.validity()) {
      json.beginArray("invalid_fields");
      for (SnapshotField field : SnapshotField.values()) {
        if (validity.of(field) == Validity.INVALID) {
          json.text(field.specName());
        }
      }
      json.endArray();
    }
  }

  private void extra(String name, OptionalLong value) throws IOException {
    if (value.isPresent()) {
      json.number(name, value.getAsLong());
    }
  }

  @Override
  public void endSnapshot() throws IOException {
    json.endObject();
  }

  @Override
  public void endSnapshots() throws IOException {
    json.endArray();
    json.endObject();
  }

  @Override
  public void beginLocations() throws IOException {
    json.beginArray("locations");
  }

  @Override
  public void location(Location location, Validity validity) throws IOException {
    json.beginRow();
    json.number("offset", location.offset());
    json.number("size", location.size());
    json.text("structure", location.structure());
    valid(validity);
    json.endObject();
  }

  @Override
  public void endLocations() throws IOException {
    json.endArray();
  }

  @Override
  public void problem(Problems.Problem problem) {}

  @Override
  public void end(Problems problems) throws IOException {
    json.number("problem_count", problems.count());
    json.beginArray("problems");
    for (Problems.Problem problem : problems.first()) {
      json.beginRow();
      json.text("structure", problem.structure());
      json.number("offset", problem.offset());
      json.text("problem", problem.text());
      json.endObject();
    }
    json.endArray();
    json.endObject();
    json.end();
  }

  /** Header and extensions say what is valid only where the tables follow, as in the text. */
  private boolean judgesHead() {
    return parts.everything() && parts.validity();
  }

  private void row(long index, long offset) throws IOException {
    json.beginRow();
    json.number("index", index);
    offset(offset);
  }

  private void endRow(long reserved, Validity validity) throws IOException {
    if (reserved != 0) {
      json.number("reserved", reserved);
    }
    valid(validity);
    json.endObject();
  }

  private void offset(long offset) throws IOException {
    if (parts.offsets()) {
      json.number("offset", offset);
    }
  }

  private void valid(Validity validity) throws IOException {
    if (parts.validity()) {
      switch (validity) {
        case VALID -> json.truth("valid", true);
        case INVALID -> json.truth("valid", false);
        case NO_OPINION -> json.nothing("valid");
      }
    }
  }
}
