package io.github.qcow2tostdout.picture;

import io.github.qcow2tostdout.check.Finding;
import io.github.qcow2tostdout.check.Severity;
import io.github.qcow2tostdout.report.HumanSize;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;

/** A drawing as SVG: all in one file, and the same bytes for the same image. */
final class SvgPicture {
  static final int WIDTH = 960;
  private static final int MARGIN = 24;
  private static final int INNER = WIDTH - 2 * MARGIN;
  private static final int SQUARE = 384;

  private static final Frame DISK = new Frame(MARGIN, 106, INNER, 20);
  private static final Frame FILE = new Frame(MARGIN, 214, INNER, 56);
  private static final int LOWER = 352;
  private static final int RIGHT = MARGIN + SQUARE + 40;
  private static final int TICKS = 4;

  /** Columns of the disk, of which there are as many cells or a multiple. */
  private static final int DISK_COLUMNS = 256;

  private final Caption caption;
  private final Drawing drawing;
  private final boolean hover;
  private final LegendView disk;
  private final LegendView file;
  private final NotesView notes;

  /**
   * A picture.
   *
   * @param hover whether its parts say what they are
   */
  SvgPicture(Caption caption, Drawing drawing, boolean hover) {
    this.caption = caption;
    this.drawing = drawing;
    this.hover = hover;
    disk = LegendView.of("The disk", drawing.disk());
    file = LegendView.of("The file", drawing.file());
    notes = NotesView.of(drawing);
  }

  private int height() {
    int right = disk.height() + file.height() + notes.height() + 2 * LegendView.LINE;
    return LOWER + Math.max(SQUARE + 2 * MARGIN, right) + MARGIN;
  }

  void write(XmlWriter xml) throws IOException {
    xml.begin(
            "svg",
            "xmlns",
            "http://www.w3.org/2000/svg",
            "width",
            WIDTH,
            "height",
            height(),
            "viewBox",
            "0 0 " + WIDTH + " " + height(),
            "role",
            "img",
            "aria-label",
            caption.title() + ": " + caption.facts())
        .line();
    xml.begin("style").raw(Style.sheet()).end().line();
    patterns(xml);
    xml.empty("rect", "class", "background", "width", WIDTH, "height", height()).line();
    xml.text("text", caption.heading(), "class", "title", "x", MARGIN, "y", 40).line();
    xml.text("text", caption.facts(), "class", "small", "x", MARGIN, "y", 62).line();
    upper(xml);
    lower(xml);
    xml.end().line();
  }

  private static void patterns(XmlWriter xml) throws IOException {
    xml.begin("defs").line();
    pattern(xml, "stripes", "leaked", "background", "M-2 2L2-2M0 8L8 0M6 10L10 6");
    pattern(xml, "crosses", "damaged", "background", "M0 0L8 8M0 8L8 0");
    xml.begin("pattern", "id", "dots", "width", 6, "height", 6, "patternUnits", "userSpaceOnUse");
    xml.empty("rect", "width", 6, "height", 6, "fill", "var(--unused)");
    xml.empty("circle", "cx", 3, "cy", 3, "r", 1.6, "fill", "var(--faint)").end().line();
    xml.end().line();
  }

  private static void pattern(XmlWriter xml, String id, String under, String over, String path)
      throws IOException {
    xml.begin("pattern", "id", id, "width", 8, "height", 8, "patternUnits", "userSpaceOnUse");
    xml.empty("rect", "width", 8, "height", 8, "fill", "var(--" + under + ")");
    xml.empty("path", "d", path, "stroke", "var(--" + over + ")", "stroke-width", 1.6);
    xml.end().line();
  }

  private void upper(XmlWriter xml) throws IOException {
    Shares<DiskPart> columns =
        drawing.disk().grouped(Math.min(DISK_COLUMNS, drawing.disk().scale().count()));
    heading(
        xml, "The disk, from its first byte to its last", columns.scale().size(), DISK.y() - 10);
    links(xml);
    StripView strip = new StripView(hover);
    strip.draw(xml, columns, DISK);
    strip.draw(xml, drawing.file(), FILE);
    findings(xml);
    for (int i = 0; i <= TICKS; i++) {
      int x = FILE.x() + FILE.width() * i / TICKS;
      xml.empty("path", "class", "frame", "d", "M" + x + " " + FILE.bottom() + "v6");
      String anchor = i == 0 ? "start" : i == TICKS ? "end" : "middle";
      String label = HumanSize.of(drawing.file().scale().size() / TICKS * i);
      xml.text(
              "text",
              i == TICKS ? HumanSize.of(drawing.file().scale().size()) : label,
              "class",
              "small",
              "x",
              x,
              "y",
              FILE.bottom() + 22,
              "text-anchor",
              anchor)
          .line();
    }
    xml.text(
            "text",
            "The file, from its first byte to its last",
            "class",
            "head",
            "x",
            FILE.x(),
            "y",
            FILE.bottom() + 42)
        .line();
  }

  private static void heading(XmlWriter xml, String text, long size, int y) throws IOException {
    xml.text("text", text, "class", "head", "x", MARGIN, "y", y);
    xml.text("text", HumanSize.of(size), "class", "small number", "x", MARGIN + INNER, "y", y)
        .line();
  }

  /** Lines from the disk to the file, the darker the more they stand for. */
  private void links(XmlWriter xml) throws IOException {
    if (drawing.links().isEmpty()) {
      return;
    }
    StringBuilder path = new StringBuilder();
    drawing
        .links()
        .forEach((guest, host, bytes) ->
            path.append('M')
                .append(middle(guest))
                .append(' ')
                .append(DISK.bottom())
                .append('L')
                .append(middle(host))
                .append(' ')
                .append(FILE.y()));
    // Many lines must not become a black field.
    double opacity = Math.clamp(60.0 / drawing.links().count(), 0.12, 0.6);
    xml.begin("g", "class", "links", "stroke-opacity", Math.round(opacity * 100) / 100.0);
    xml.empty("path", "d", path).end().line();
  }

  private static int middle(int part) {
    return MARGIN + (2 * part + 1) * INNER / (2 * Links.PARTS);
  }

  /** Marks below the file where a check found something. */
  private void findings(XmlWriter xml) throws IOException {
    if (drawing.check().isEmpty()) {
      return;
    }
    Set<Integer> places = new TreeSet<>();
    for (Finding finding : drawing.check().get().findings().kept()) {
      long offset = finding.offset().orElse(-1);
      if (finding.kind().severity() != Severity.INFO
          && offset >= 0
          && offset < drawing.file().scale().size()) {
        Scale marks = new Scale(drawing.file().scale().size(), INNER / 8);
        places.add(marks.partOf(offset));
      }
    }
    StringBuilder path = new StringBuilder();
    for (int place : places) {
      path.append("M" + (MARGIN + place * 8 + 4) + " " + (FILE.bottom() + 1) + "l-4 7h8z");
    }
    if (!path.isEmpty()) {
      xml.empty("path", "class", "mark", "d", path).line();
    }
  }

  private void lower(XmlWriter xml) throws IOException {
    Frame square = new Frame(MARGIN, LOWER, SQUARE, SQUARE);
    if (drawing.disk().scale().size() == 0) {
      xml.empty(
          "path",
          "class",
          "frame",
          "d",
          Frame.box(square.x(), square.y(), square.width(), square.height()));
      xml.text(
              "text",
              "The disk is empty.",
              "class",
              "small",
              "text-anchor",
              "middle",
              "x",
              square.x() + SQUARE / 2,
              "y",
              square.y() + SQUARE / 2)
          .line();
    } else {
      new HilbertView(hover).draw(xml, drawing.disk(), square);
      xml.text(
              "text",
              "The disk along a Hilbert curve, from the upper left to the",
              "class",
              "small",
              "x",
              square.x(),
              "y",
              square.bottom() + 20)
          .line();
      xml.text(
              "text",
              "upper right. A cell is "
                  + HumanSize.of(
                      (double) drawing.disk().scale().size() / drawing.disk().scale().count())
                  + ".",
              "class",
              "small",
              "x",
              square.x(),
              "y",
              square.bottom() + 38)
          .line();
    }
    int width = MARGIN + INNER - RIGHT;
    int y = LOWER + 12;
    disk.draw(xml, RIGHT, y, width);
    y += disk.height() + LegendView.LINE;
    file.draw(xml, RIGHT, y, width);
    y += file.height() + LegendView.LINE;
    notes.draw(xml, RIGHT, y);
  }
}
