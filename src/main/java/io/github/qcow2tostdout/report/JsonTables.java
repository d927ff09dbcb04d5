package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.format.L2Entry;
import io.github.qcow2tostdout.format.TableEntry;
import io.github.qcow2tostdout.image.L2Format;
import io.github.qcow2tostdout.image.Validity;
import java.io.IOException;

/** Refcounts and mapping as JSON: a row for each entry, as there may be millions. */
final class JsonTables implements TableView {
  private final JsonWriter json;
  private final JsonColumns columns;

  JsonTables(JsonWriter json, JsonColumns columns) {
    this.json = json;
    this.columns = columns;
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
    columns.offset(run.offset());
    json.number("first_cluster", run.firstCluster());
    json.number("clusters", run.clusters());
    json.number("refcount", run.refcount());
    columns.valid(validity);
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

  private void row(long index, long offset) throws IOException {
    json.beginRow();
    json.number("index", index);
    columns.offset(offset);
  }

  private void endRow(long reserved, Validity validity) throws IOException {
    if (reserved != 0) {
      json.number("reserved", reserved);
    }
    columns.valid(validity);
    json.endObject();
  }
}
