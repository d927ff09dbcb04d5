package io.github.qcow2tostdout.report.map;

import io.github.qcow2tostdout.report.JsonLayout;
import io.github.qcow2tostdout.report.JsonWriter;
import io.github.qcow2tostdout.report.ReportException;
import io.github.qcow2tostdout.report.ReportOutput;
import io.github.qcow2tostdout.report.TextOut;
import io.github.qcow2tostdout.source.DataExtents;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.OptionalLong;

/**
 * Writes where a disk holds data, entry by entry as it is found, in the forms of {@code qemu-img
 * map}: JSON, an object a line that cover the whole disk, or a table of the data.
 */
public final class DiskMapWriter {
  private static final int COLUMN = 16;

  private final TextOut table;
  private final JsonWriter json;
  private final boolean asJson;
  private final String name;
  private final OptionalLong positionInFile;

  /**
   * @param name the disk's, for the table
   * @param positionInFile where the disk begins in the file of that name; empty if it is not there
   */
  public DiskMapWriter(
      WritableByteChannel channel, boolean json, String name, OptionalLong positionInFile) {
    ReportOutput out = new ReportOutput(channel);
    table = new TextOut(out);
    this.json = new JsonWriter(out, JsonLayout.MAP);
    asJson = json;
    this.name = name;
    this.positionInFile = positionInFile;
  }

  /**
   * Writes the map.
   *
   * @param extents that hold data; neighbours become one entry
   * @param diskSize bytes that the map covers
   * @throws ReportException if it could not be written
   * @throws IOException if the extents could not be found out
   */
  public void write(DataExtents extents, long diskSize) throws IOException {
    begin();
    long at = 0;
    boolean more = extents.next();
    while (more) {
      long from = extents.from();
      long to = extents.to();
      more = extents.next();
      while (more && extents.from() == to) {
        to = extents.to();
        more = extents.next();
      }
      if (at < from) {
        entry(at, from, false);
      }
      entry(from, to, true);
      at = to;
    }
    if (at < diskSize) {
      entry(at, diskSize, false);
    }
    end();
  }

  private void begin() throws IOException {
    if (asJson) {
      json.beginArray();
    } else {
      column("Offset");
      column("Length");
      column("Mapped to");
      table.text("File").line();
    }
  }

  private void entry(long from, long to, boolean data) throws IOException {
    if (asJson) {
      jsonEntry(from, to - from, data);
    } else if (data) {
      number(from);
      number(to - from);
      if (positionInFile.isPresent()) {
        number(positionInFile.getAsLong() + from);
      } else {
        column("-");
      }
      table.text(name).line();
    }
  }

  private void jsonEntry(long start, long length, boolean data) throws IOException {
    json.beginObject(JsonLayout.MAP_ROW);
    json.number("start", start);
    json.number("length", length);
    json.number("depth", 0);
    json.truth("present", true);
    json.truth("zero", !data);
    json.truth("data", data);
    if (positionInFile.isPresent()) {
      json.number("offset", positionInFile.getAsLong() + start);
    }
    json.endObject();
  }

  private void end() throws IOException {
    if (asJson) {
      json.endArray();
      json.end();
    } else {
      table.flush();
    }
  }

  private void column(String text) throws IOException {
    long from = table.position();
    table.text(text).pad(from, COLUMN - 1).put(' ');
  }

  private void number(long number) throws IOException {
    long from = table.position();
    if (number == 0) {
      table.put('0');
    } else {
      table.hex(number);
    }
    table.pad(from, COLUMN - 1).put(' ');
  }
}
