package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.format.L2Entry;
import io.github.qcow2tostdout.format.TableEntry;
import io.github.qcow2tostdout.image.L2Format;
import io.github.qcow2tostdout.image.Validity;
import java.io.IOException;

/** Refcounts and mapping as text: a line for each entry, of which there may be millions. */
final class TextTables implements TableView {
  // What is in millions of lines is encoded once.
  private static final byte[] REFCOUNT_TABLE = TextOut.encoded("refcount_table");
  private static final byte[] REFCOUNT = TextOut.encoded("refcount");
  private static final byte[] L1 = TextOut.encoded("l1");
  private static final byte[] L2 = TextOut.encoded("l2");
  private static final byte[] NORMAL = TextOut.encoded(L2Format.Kind.NORMAL.toolName() + ' ');
  private static final byte[] COPIED = TextOut.encoded(" copied");

  private final TextOut out;
  private final Lines lines;
  private final NormalRows normalRows;
  private final boolean eachEntry;
  private final L2Rows l2Rows = new L2Rows(this::l2Entries);

  /**
   * Tables as text.
   *
   * @param eachEntry whether each L2 entry has a line of its own
   */
  TextTables(TextOut out, Lines lines, boolean eachEntry) {
    this.out = out;
    this.lines = lines;
    this.eachEntry = eachEntry;
    normalRows = new NormalRows(out, lines);
  }

  /** Writes what has waited for more of its kind. */
  void flushRows() throws IOException {
    l2Rows.end();
  }

  @Override
  public void beginRefcountTable(long offset, long entries) throws IOException {
    lines.title("Refcount table", offset).decimal(entries).text(" entries").line();
  }

  @Override
  public void refcountTableEntry(long index, long offset, long entry, Validity validity)
      throws IOException {
    lines.start(offset, validity);
    lines.name(REFCOUNT_TABLE, index).hex(TableEntry.refcountBlockOffset(entry));
    reserved(entry & TableEntry.REFCOUNT_TABLE_RESERVED).line();
  }

  @Override
  public void endRefcountTable() throws IOException {
    out.line();
  }

  @Override
  public void beginRefcountBlocks() {}

  @Override
  public void beginRefcountBlock(long index, long offset, long firstCluster) throws IOException {
    lines
        .title("Refcount block " + index, offset)
        .text("from cluster ")
        .decimal(firstCluster)
        .line();
  }

  @Override
  public void refcounts(RefcountRun run, Validity validity) throws IOException {
    lines.start(run.offset(), validity);
    long last = run.firstCluster() + run.clusters() - 1;
    if (run.clusters() == 1) {
      lines.name(REFCOUNT, last);
    } else {
      lines.name("refcount", run.firstCluster(), last);
    }
    out.decimal(run.refcount()).line();
  }

  @Override
  public void endRefcountBlock() throws IOException {
    out.line();
  }

  @Override
  public void endRefcountBlocks() {}

  @Override
  public void beginL1Table(long offset, long entries) throws IOException {
    lines.title("L1 table", offset).decimal(entries).text(" entries").line();
  }

  @Override
  public void l1Entry(long index, long offset, long entry, Validity validity) throws IOException {
    lines.start(offset, validity);
    lines.name(L1, index).hex(TableEntry.hostOffset(entry));
    copied(entry);
    reserved(entry & TableEntry.L1_RESERVED).line();
  }

  @Override
  public void endL1Table() throws IOException {
    out.line();
  }

  @Override
  public void beginL2Tables() {}

  @Override
  public void beginL2Table(long l1Index, long offset, long guestOffset) throws IOException {
    lines
        .title("L2 table of l1[" + l1Index + "]", offset)
        .text("guest offset ")
        .hex(guestOffset)
        .line();
  }

  @Override
  public void l2Entry(L2Row row) throws IOException {
    if (eachEntry) {
      l2Entries(row, 1);
    } else {
      l2Rows.add(row);
    }
  }

  private void l2Entries(L2Row first, long count) throws IOException {
    if (count == 1 && NormalRows.has(first)) {
      normalRows.write(first);
    } else {
      anyL2Entry(first, count);
    }
  }

  /** L2 entries of any kind, made from their parts; the clusters of several follow the first's. */
  void anyL2Entry(L2Row row, long count) throws IOException {
    long entry = row.entry();
    lines.start(row.offset(), row.validity());
    if (count == 1) {
      lines.name(L2, row.index());
    } else {
      lines.name("l2", row.index(), row.index() + count - 1);
    }
    switch (row.kind()) {
      case NORMAL -> out.ascii(NORMAL).hex(TableEntry.hostOffset(entry));
      case ZERO_ALLOCATED ->
          out.text(row.kind().toolName()).put(' ').hex(TableEntry.hostOffset(entry));
      case COMPRESSED -> {
        int clusterBits = row.format().clusterBits();
        out.text(row.kind().toolName());
        out.put(' ').hex(L2Entry.compressedOffset(entry, clusterBits));
        out.text(" length ").decimal(L2Entry.compressedLength(entry, clusterBits));
      }
      case UNALLOCATED, ZERO -> out.text(row.kind().toolName());
    }
    copied(entry);
    if (row.format().extended()) {
      out.text(" allocated 0x").hexDigits(L2Entry.allocatedSubclusters(row.bitmap()), 8);
      out.text(" zero 0x").hexDigits(L2Entry.zeroSubclusters(row.bitmap()), 8);
    }
    reserved(row.format().reservedBits(entry)).line();
  }

  @Override
  public void endL2Table() throws IOException {
    l2Rows.end();
    out.line();
  }

  @Override
  public void endL2Tables(long shared) throws IOException {
    if (shared > 0) {
      out.text("L2 tables shown above: ").decimal(shared).line();
      out.line();
    }
  }

  private void copied(long entry) throws IOException {
    if (TableEntry.isCopied(entry)) {
      out.ascii(COPIED);
    }
  }

  private TextOut reserved(long bits) throws IOException {
    return bits == 0 ? out : out.text(" reserved ").hex(bits);
  }
}
