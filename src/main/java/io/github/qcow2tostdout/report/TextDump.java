package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.format.BitmapField;
import io.github.qcow2tostdout.format.BitmapFlag;
import io.github.qcow2tostdout.format.BitmapTableEntry;
import io.github.qcow2tostdout.format.FeatureName;
import io.github.qcow2tostdout.format.Header;
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
import java.util.stream.Collectors;

/**
 * A dump for people. Header and extensions have the layout of the script of QEMU's tests for the
 * same purpose, {@code qcow2.py}.
 */
final class TextDump implements DumpView {
  private static final int INDEX_WIDTH = 14;
  private static final int TYPE_WIDTH = 15;
  private static final int SIZE_WIDTH = 12;

  // What is in millions of lines is encoded once.
  private static final byte[] REFCOUNT_TABLE = TextOut.encoded("refcount_table");
  private static final byte[] REFCOUNT = TextOut.encoded("refcount");
  private static final byte[] L1 = TextOut.encoded("l1");
  private static final byte[] L2 = TextOut.encoded("l2");
  private static final byte[] NORMAL = TextOut.encoded(L2Format.Kind.NORMAL.toolName() + ' ');
  private static final byte[] COPIED = TextOut.encoded(" copied");

  private final TextOut out;

  /** Header and extensions; they have columns only where the tables follow. */
  private final Lines head;

  private final Lines tables;

  private final boolean hasTables;

  /** What a location's offset is must be seen. */
  private final Lines locations;

  TextDump(ReportOutput output, DumpParts parts) {
    out = new TextOut(output);
    boolean columns = parts.everything();
    head = new Lines(out, columns && parts.offsets(), columns && parts.validity());
    tables = new Lines(out, parts.offsets(), parts.validity());
    hasTables = parts.tables() || parts.locations();
    locations = new Lines(out, true, parts.validity());
  }

  @Override
  public void begin(BoundedFile file) {}

  @Override
  public void header(HeaderArea area, HeaderValidity validity) throws IOException {
    Header header = area.header();
    for (HeaderField field : HeaderField.values()) {
      Validity valid = validity.of(field);
      String name = HeaderFormat.toolName(field);
      TextOut line =
          HeaderFormat.isInFile(header, field)
              ? head.field(field.offset(), valid, name)
              : fieldWithout(valid, name);
      HeaderFormat.print(line, field, header.get(field));
      line.line();
    }
    out.line();
  }

  private TextOut fieldWithout(Validity valid, String name) throws IOException {
    head.startWithout(valid);
    return head.name(name);
  }

  @Override
  public void beginExtensions() {}

  private void extensionStart(Extension extension) throws IOException {
    long at = extension.offset();
    out.text("Header extension:").line();
    head.field(at, Validity.NO_OPINION, "magic")
        .hex(Integer.toUnsignedLong(extension.type()))
        .text(" (" + extension.typeName() + ")")
        .line();
    head.field(at + 4, Validity.NO_OPINION, "length").decimal(extension.length()).line();
  }

  @Override
  public void extension(Extension extension) throws IOException {
    extensionStart(extension);
    head.field(extension.offset() + 8, Validity.NO_OPINION, "data")
        .text(
            Printable.text(extension.data())
                .map(text -> "'" + Printable.oneLine(text) + "'")
                .orElse("<binary>"))
        .line();
    out.line();
  }

  @Override
  public void featureNames(Extension extension, List<FeatureName> names) throws IOException {
    extensionStart(extension);
    long at = extension.offset() + 8;
    for (FeatureName name : names) {
      head.field(at, Validity.NO_OPINION, name.kindName() + " bit " + name.bit())
          .text(Printable.oneLine(name.name()))
          .line();
      at += FeatureName.SIZE;
    }
    out.line();
  }

  @Override
  public void beginBitmaps(Extension extension, BitmapDirectory directory) throws IOException {
    extensionStart(extension);
    long at = extension.offset() + 8;
    head.field(
            at,
            Validity.of(
                directory.nbBitmaps() > 0 && directory.nbBitmaps() <= BitmapDirectory.MAX_BITMAPS),
            "nb_bitmaps")
        .decimal(directory.nbBitmaps())
        .line();
    head.field(at + 4, Validity.of(directory.reserved() == 0), "reserved32")
        .decimal(directory.reserved())
        .line();
    Validity readable = Validity.of(directory.problem().isEmpty());
    head.field(at + 8, readable, "bitmap_directory_size").hex(directory.size()).line();
    head.field(at + 16, readable, "bitmap_directory_offset").hex(directory.offset()).line();
  }

  @Override
  public void beginBitmap(BitmapEntry bitmap, BitmapValidity validity) throws IOException {
    out.line();
    head.field(bitmap.nameOffset(), Validity.NO_OPINION, "Bitmap name")
        .text(Printable.oneLine(bitmap.name()))
        .line();
    for (BitmapField field : BitmapField.values()) {
      long value = bitmap.get(field);
      head.field(bitmap.offset() + field.offset(), validity.of(field), field.specName());
      switch (field) {
        case BITMAP_TABLE_OFFSET -> out.hex(value);
        case FLAGS -> out.hex(value).text(" (" + flags(value) + ")");
        default -> out.decimal(value);
      }
      out.line();
    }
    head.startWithout(Validity.NO_OPINION);
    bitmapRow("Bitmap table", "type", "size").text("offset").line();
  }

  private static String flags(long flags) {
    return BitmapFlag.names(flags).stream()
        .map(name -> "'" + name + "'")
        .collect(Collectors.joining(", ", "[", "]"));
  }

  private TextOut bitmapRow(String index, String type, String size) throws IOException {
    long from = out.position();
    out.text(index).pad(from, INDEX_WIDTH).put(' ');
    out.text(type).pad(from, INDEX_WIDTH + 1 + TYPE_WIDTH).put(' ');
    return out.text(size).pad(from, INDEX_WIDTH + TYPE_WIDTH + SIZE_WIDTH + 2).put(' ');
  }

  @Override
  public void bitmapTableEntry(
      long index, long offset, long entry, int clusterSize, Validity validity) throws IOException {
    BitmapTableEntry.Type type = BitmapTableEntry.type(entry);
    head.start(offset, validity);
    bitmapRow(
            Long.toString(index),
            type.specName(),
            type == BitmapTableEntry.Type.SERIALIZED ? Integer.toString(clusterSize) : "0")
        .decimal(TableEntry.hostOffset(entry))
        .line();
  }

  @Override
  public void endBitmap() {}

  @Override
  public void endBitmaps() throws IOException {
    out.line();
  }

  @Override
  public void endExtensions() {}

  @Override
  public void backingFile(long offset, String name, Validity validity) throws IOException {
    out.text("Backing file:").line();
    head.field(offset, validity, "name").text("'" + Printable.oneLine(name) + "'").line();
    out.line();
  }

  @Override
  public void beginRefcountTable(long offset, long entries) throws IOException {
    title("Refcount table", offset).decimal(entries).text(" entries").line();
  }

  @Override
  public void refcountTableEntry(long index, long offset, long entry, Validity validity)
      throws IOException {
    tables.start(offset, validity);
    tables.name(REFCOUNT_TABLE, index).hex(TableEntry.refcountBlockOffset(entry));
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
    title("Refcount block " + index, offset).text("from cluster ").decimal(firstCluster).line();
  }

  @Override
  public void refcounts(RefcountRun run, Validity validity) throws IOException {
    tables.start(run.offset(), validity);
    long last = run.firstCluster() + run.clusters() - 1;
    if (run.clusters() == 1) {
      tables.name(REFCOUNT, last);
    } else {
      tables.name("refcount", run.firstCluster(), last);
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
    title("L1 table", offset).decimal(entries).text(" entries").line();
  }

  @Override
  public void l1Entry(long index, long offset, long entry, Validity validity) throws IOException {
    tables.start(offset, validity);
    tables.name(L1, index).hex(TableEntry.hostOffset(entry));
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
    title("L2 table of l1[" + l1Index + "]", offset).text("guest offset ").hex(guestOffset).line();
  }

  @Override
  public void l2Entry(L2Row row) throws IOException {
    long entry = row.entry();
    tables.start(row.offset(), row.validity());
    tables.name(L2, row.index());
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
    out.line();
  }

  @Override
  public void endL2Tables(long shared) throws IOException {
    if (shared > 0) {
      out.text("L2 tables shown above: ").decimal(shared).line();
      out.line();
    }
  }

  @Override
  public void beginSnapshots(long offset, long count) throws IOException {
    title("Snapshot table", offset).decimal(count).text(" entries").line();
    out.line();
  }

  @Override
  public void beginSnapshot(int number, Snapshot snapshot, SnapshotValidity validity)
      throws IOException {
    out.text("Snapshot " + number + ":").line();
    for (SnapshotField field : SnapshotField.values()) {
      long value = snapshot.get(field);
      tables.field(snapshot.offset() + field.offset(), validity.of(field), field.specName());
      if (field == SnapshotField.L1_TABLE_OFFSET) {
        out.hex(value);
      } else {
        out.decimal(value);
      }
      out.line();
    }
    long at = snapshot.offset() + SnapshotField.SIZE;
    extra(at, "vm_state_size_large", snapshot.vmStateSizeLarge());
    extra(at + 8, "disk_size", snapshot.diskSize());
    extra(at + 16, "icount", snapshot.icount());
    at += snapshot.get(SnapshotField.EXTRA_DATA_SIZE);
    name(at, "id", snapshot.id());
    name(at + snapshot.get(SnapshotField.ID_STR_SIZE), "name", snapshot.name());
    out.line();
  }

  private void extra(long offset, String name, OptionalLong value) throws IOException {
    if (value.isPresent()) {
      tables.field(offset, Validity.NO_OPINION, name).decimal(value.getAsLong()).line();
    }
  }

  private void name(long offset, String name, String value) throws IOException {
    tables
        .field(offset, Validity.NO_OPINION, name)
        .text("'" + Printable.oneLine(value) + "'")
        .line();
  }

  @Override
  public void endSnapshot() {}

  @Override
  public void endSnapshots() {}

  @Override
  public void beginLocations() throws IOException {
    out.text("Locations:").line();
  }

  @Override
  public void location(Location location, Validity validity) throws IOException {
    locations.start(location.offset(), validity);
    long from = out.position();
    out.decimal(location.size()).pad(from, INDEX_WIDTH).put(' ').text(location.structure()).line();
  }

  @Override
  public void endLocations() throws IOException {
    out.line();
  }

  @Override
  public void problem(Problems.Problem problem) throws IOException {
    Lines lines = hasTables ? tables : head;
    lines.start(problem.offset(), Validity.INVALID);
    lines.name("problem").text(problem.structure()).text(": ").text(problem.text()).line();
  }

  @Override
  public void end(Problems problems) throws IOException {
    out.flush();
  }

  private TextOut title(String structure, long offset) throws IOException {
    return out.text(structure).text(" at ").hex(offset).text(", ");
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
