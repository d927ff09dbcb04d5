package io.github.qcow2tostdout.report;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/** Writes which parts a stream is cut into: a line for each, with tabs between, or JSON. */
public final class PartTable {
  /**
   * A digest of a part.
   *
   * @param algorithm its name
   * @param hex its digits
   */
  public record PartDigest(String algorithm, String hex) {}

  private final ReportOutput out;
  private final TextOut table;
  private final JsonWriter json;
  private final boolean asJson;

  /** A table of nothing yet. */
  public PartTable(WritableByteChannel channel, boolean json) {
    out = new ReportOutput(channel);
    table = new TextOut(out);
    this.json = new JsonWriter(out, JsonLayout.LINES);
    asJson = json;
  }

  /**
   * Begins it.
   *
   * @param total bytes of the stream
   * @param partSize bytes of each part but the last
   */
  public void begin(long total, long partSize) throws IOException {
    if (asJson) {
      json.beginObject();
      json.number("size", total);
      json.number("part-size", partSize);
      json.beginArray("parts");
    }
  }

  /** Adds a part: its number from 1 on, its first byte, the byte behind it, digests of it. */
  public void part(long number, long from, long to, List<PartDigest> digests) throws IOException {
    if (!asJson) {
      table.decimal(number).put('\t').decimal(from).put('\t').decimal(to);
      table.put('\t').decimal(to - from);
      for (PartDigest digest : digests) {
        table.put('\t').text(digest.hex());
      }
      table.line();
      return;
    }
    json.beginRow();
    json.number("number", number);
    json.number("from", from);
    json.number("to", to);
    json.number("size", to - from);
    if (!digests.isEmpty()) {
      json.beginObject("digests");
      for (PartDigest digest : digests) {
        json.text(digest.algorithm(), digest.hex());
      }
      json.endObject();
    }
    json.endObject();
  }

  /** Ends it. */
  public void end() throws IOException {
    if (asJson) {
      json.endArray();
      json.endObject();
      json.end();
    } else {
      table.flush();
    }
  }

  /** Hands on what there is of it: more takes long. */
  public void flush() throws IOException {
    if (!asJson) {
      table.flush();
    }
  }
}
