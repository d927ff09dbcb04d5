package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.format.Header;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.Printable;
import io.github.qcow2tostdout.format.SnapshotField;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.HeaderArea;
import io.github.qcow2tostdout.image.HeaderValidity;
import io.github.qcow2tostdout.image.Snapshot;
import io.github.qcow2tostdout.image.Validity;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;

/**
 * A dump for people. Header and extensions have the layout of the script of QEMU's tests for the
 * same purpose, {@code qcow2.py}.
 */
final class TextDump implements DumpView {
  private static final int SIZE_WIDTH = 14;

  private final TextOut out;

  /** Header and extensions; they have columns only where the tables follow. */
  private final Lines headLines;

  private final Lines tableLines;

  private final boolean hasTables;

  /** What a location's offset is must be seen. */
  private final Lines locationLines;

  private final TextExtensions extensions;
  private final TextTables tables;

  TextDump(ReportOutput output, DumpParts parts) {
    out = new TextOut(output);
    boolean columns = parts.everything();
    headLines = new Lines(out, columns && parts.offsets(), columns && parts.validity());
    tableLines = new Lines(out, parts.offsets(), parts.validity());
    hasTables = parts.tables() || parts.locations();
    locationLines = new Lines(out, true, parts.validity());
    extensions = new TextExtensions(out, headLines);
    tables = new TextTables(out, tableLines, parts.eachEntry());
  }

  @Override
  public void begin(BoundedFile file) {}

  @Override
  public void header(HeaderArea area, List<HeaderField> known, HeaderValidity validity)
      throws IOException {
    Header header = area.header();
    for (HeaderField field : known) {
      Validity valid = validity.of(field);
      String name = HeaderFormat.toolName(field);
      TextOut line =
          field.offset() < area.headerLength()
              ? headLines.field(field.offset(), valid, name)
              : fieldWithout(valid, name);
      HeaderFormat.print(line, field, header.get(field));
      line.line();
    }
    out.line();
  }

  private TextOut fieldWithout(Validity valid, String name) throws IOException {
    headLines.startWithout(valid);
    return headLines.name(name);
  }

  @Override
  public ExtensionView extensions() {
    return extensions;
  }

  @Override
  public void backingFile(long offset, String name, Validity validity) throws IOException {
    out.text("Backing file:").line();
    headLines.field(offset, validity, "name").text("'" + Printable.escaped(name) + "'").line();
    out.line();
  }

  @Override
  public TableView tables() {
    return tables;
  }

  @Override
  public void guestPlace(GuestPlace place) throws IOException {
    out.text("Guest offset ").hex(place.guestOffset());
    String file = place.inDataFile() ? "the external data file" : "the file";
    switch (place.kind()) {
      case NORMAL ->
          out.text(": byte ").hex(place.hostOffset().orElseThrow()).text(" of ").text(file);
      case COMPRESSED ->
          out.text(": byte ")
              .hex(place.inCluster())
              .text(" of the compressed cluster at ")
              .hex(place.hostOffset().orElseThrow());
      case ZERO, ZERO_ALLOCATED -> out.text(": zero");
      case UNALLOCATED ->
          out.text(": not allocated; it is the backing file's, or zero where there is none");
    }
    out.line();
  }

  @Override
  public void beginSnapshots(long offset, long count) throws IOException {
    tableLines.title("Snapshot table", offset).decimal(count).text(" entries").line();
    out.line();
  }

  @Override
  public void beginSnapshot(int number, Snapshot snapshot, SnapshotValidity validity)
      throws IOException {
    out.text("Snapshot " + number + ":").line();
    for (SnapshotField field : SnapshotField.values()) {
      long value = snapshot.get(field);
      tableLines.field(snapshot.offset() + field.offset(), validity.of(field), field.specName());
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
    if (snapshot.hasUnknownExtra()) {
      tableLines
          .field(snapshot.unknownExtraOffset(), Validity.NO_OPINION, "extra_data")
          .text(Printable.escaped(Printable.quoted(snapshot.unknownExtra())))
          .line();
    }
    at += snapshot.get(SnapshotField.EXTRA_DATA_SIZE);
    name(at, "id", snapshot.id());
    name(at + snapshot.get(SnapshotField.ID_STR_SIZE), "name", snapshot.name());
    out.line();
  }

  private void extra(long offset, String name, OptionalLong value) throws IOException {
    if (value.isPresent()) {
      tableLines.field(offset, Validity.NO_OPINION, name).decimal(value.getAsLong()).line();
    }
  }

  private void name(long offset, String name, String value) throws IOException {
    tableLines
        .field(offset, Validity.NO_OPINION, name)
        .text("'" + Printable.escaped(value) + "'")
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
    locationLines.start(location.offset(), validity);
    long from = out.position();
    out.decimal(location.size()).pad(from, SIZE_WIDTH).put(' ').text(location.structure()).line();
  }

  @Override
  public void endLocations() throws IOException {
    out.line();
  }

  @Override
  public void problem(Problems.Problem problem) throws IOException {
    tables.flushRows();
    Lines lines = hasTables ? tableLines : headLines;
    lines.start(problem.offset(), Validity.INVALID);
    lines.name("problem").text(problem.structure()).text(": ").text(problem.text()).line();
  }

  @Override
  public void end(Problems problems) throws IOException {
    out.flush();
  }
}
