package io.github.qcow2tostdout.report;

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
 * A dump for programs, one JSON document; {@code dump.schema.json} describes it. Header and
 * extensions have the keys of QEMU's {@code qcow2.py}.
 */
final class JsonDump implements DumpView {
  private final JsonWriter json;

  /** Header and extensions say what is valid only where the tables follow, as in the text. */
  private final JsonColumns head;

  private final JsonColumns columns;
  private final JsonExtensions extensions;
  private final JsonTables tables;

  JsonDump(ReportOutput output, DumpParts parts) throws IOException {
    json = new JsonWriter(output, JsonLayout.LINES);
    head = new JsonColumns(json, true, parts.everything() && parts.validity());
    columns = new JsonColumns(json, parts.offsets(), parts.validity());
    extensions = new JsonExtensions(json, head);
    tables = new JsonTables(json, columns);
  }

  @Override
  public void begin(BoundedFile file) throws IOException {
    json.beginObject();
    json.text("filename", file.name());
    json.number("file_size", file.size());
  }

  @Override
  public void header(HeaderArea area, List<HeaderField> known, HeaderValidity validity)
      throws IOException {
    json.beginObject("header");
    for (HeaderField field : known) {
      json.number(HeaderFormat.toolName(field), area.header().get(field));
    }
    json.endObject();
    head.invalid("invalid_header_fields", known, validity::of, HeaderFormat::toolName);
  }

  @Override
  public ExtensionView extensions() {
    return extensions;
  }

  @Override
  public void backingFile(long offset, String name, Validity validity) throws IOException {
    json.beginObject("backing_file");
    json.number("offset", offset);
    json.text("name", name);
    head.valid(validity);
    json.endObject();
  }

  @Override
  public TableView tables() {
    return tables;
  }

  @Override
  public void guestPlace(GuestPlace place) throws IOException {
    json.beginObject("guest_offset");
    json.number("offset", place.guestOffset());
    json.text("type", place.kind().toolName());
    if (place.hostOffset().isPresent()) {
      json.number("host_offset", place.hostOffset().getAsLong());
      json.number("offset_in_cluster", place.inCluster());
    }
    json.endObject();
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
    if (snapshot.hasUnknownExtra()) {
      json.text("extra_data_str", Printable.quoted(snapshot.unknownExtra()));
    }
    json.text("id", snapshot.id());
    json.text("name", snapshot.name());
    columns.invalid(
        "invalid_fields", List.of(SnapshotField.values()), validity::of, SnapshotField::specName);
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
    columns.valid(validity);
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
}
