package io.github.qcow2tostdout.report;

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

  private final TextOut out;
  private final boolean json;
  private final String name;
  private final OptionalLong positionInFile;
  private long entries;

  /**
   * @param name the disk's, for the table
   * @param positionInFile where the disk begins in the file of that name; empty if it is not there
   */
  public DiskMapWriter(
      WritableByteChannel channel, boolean json, String name, OptionalLong positionInFile) {
    out = new TextOut(new ReportOutput(channel));
    this.json = json;
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
    if (json) {
      out.put('[');
    } else {
      column("Offset");
      column("Length");
      column("Mapped to");
      out.text("File").line();
    }
  }

  private void entry(long from, long to, boolean data) throws IOException {
    if (json) {
      jsonEntry(from, to - from, data);
    } else if (data) {
      number(from);
      number(to - from);
      if (positionInFile.isPresent()) {
        number(positionInFile.getAsLong() + from);
      } else {
        column("-");
      }
      out.text(name).line();
    }
    entries++;
  }

  private void jsonEntry(long start, long length, boolean data) throws IOException {
    if (entries > 0) {
      out.put(',').line();
    }
    out.text("{ \"start\": ").decimal(start).text(", \"length\": ").decimal(length);
    out.text(", \"depth\": 0, \"present\": true, \"zero\": ").text(data ? "false" : "true");
    out.text(", \"data\": ").text(data ? "true" : "false");
    if (positionInFile.isPresent()) {
      out.text(", \"offset\": ").decimal(positionInFile.getAsLong() + start);
    }
    out.put('}');
  }

  private void end() throws IOException {
    if (json) {
      out.put(']').line();
    }
    out.flush();
  }

  private void column(String text) throws IOException {
    long from = out.position();
    out.text(text).pad(from, COLUMN - 1).put(' ');
  }

  private void number(long number) throws IOException {
    long from = out.position();
    if (number == 0) {
      out.put('0');
    } else {
      out.hex(number);
    }
    out.pad(from, COLUMN - 1).put(' ');
  }
}
