package io.github.qcow2tostdout.picture;

import io.github.qcow2tostdout.report.HumanSize;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The kinds that there are, each with its colour, its bytes and its share.
 *
 * @param heading above it
 * @param rows one for each kind
 * @param size bytes of all
 */
record LegendView(String heading, List<Row> rows, long size) {
  /** From one line to the next. */
  static final int LINE = 22;

  private static final int SWATCH = 14;

  /**
   * A line.
   *
   * @param part what
   * @param bytes how much
   */
  record Row(Part part, long bytes) {}

  static <K extends Enum<K> & Part> LegendView of(String heading, Shares<K> shares) {
    List<Row> rows = new ArrayList<>();
    for (K kind : shares.kinds()) {
      if (shares.total(kind) > 0) {
        rows.add(new Row(kind, shares.total(kind)));
      }
    }
    return new LegendView(heading, rows, shares.scale().size());
  }

  int height() {
    return (rows.size() + 1) * LINE;
  }

  void draw(XmlWriter xml, int x, int y, int width) throws IOException {
    int right = x + width;
    xml.text("text", heading, "class", "head", "x", x, "y", y);
    xml.text("text", HumanSize.of(size), "class", "head number", "x", right - 64, "y", y);
    int line = y;
    for (Row row : rows) {
      line += LINE;
      xml.line()
          .empty("path", "class", row.part().style(), "d", Frame.box(x, line - 12, SWATCH, SWATCH));
      xml.empty("path", "class", "frame", "d", Frame.box(x, line - 12, SWATCH, SWATCH));
      xml.text("text", row.part().label(), "x", x + SWATCH + 8, "y", line);
      xml.text("text", HumanSize.of(row.bytes()), "class", "number", "x", right - 64, "y", line);
      xml.text("text", percent(row.bytes(), size), "class", "small number", "x", right, "y", line);
    }
    xml.line();
  }

  /** A share for people: two digits are enough, and what is there is not nothing. */
  static String percent(long part, long whole) {
    double percent = 100.0 * part / whole;
    if (percent < 0.01) {
      return "< 0.01%";
    }
    if (part < whole && percent >= 99.95) {
      return "> 99.9%";
    }
    return String.format(Locale.ROOT, percent < 1 ? "%.2f%%" : "%.1f%%", percent)
        .replace("100.0%", "100%");
  }
}
