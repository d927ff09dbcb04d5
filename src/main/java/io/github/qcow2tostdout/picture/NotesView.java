package io.github.qcow2tostdout.picture;

import io.github.qcow2tostdout.check.CheckResult;
import io.github.qcow2tostdout.check.FindingKind;
import io.github.qcow2tostdout.check.Severity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Lines of text below the legends: what a check found, and names.
 *
 * @param lines all of them
 */
record NotesView(List<Line> lines) {
  private static final int MAX_KINDS = 6;

  /** Characters that fit, of what is written larger. */
  private static final int WIDTH = 60;

  /** The same of what is written small. */
  private static final int SMALL_WIDTH = 72;

  /**
   * A line.
   *
   * @param text what it says
   * @param style how
   */
  private record Line(String text, String style) {}

  static NotesView of(Drawing drawing) {
    List<Line> lines = new ArrayList<>();
    if (!drawing.diskKnown()) {
      heading(lines, "The disk was not looked at");
      lines.add(new Line("The image names more tables than its file has.", "small"));
    }
    drawing.check().ifPresent(check -> findings(lines, check));
    for (Drawing.Names names : drawing.names()) {
      heading(lines, names.what());
      for (String name : names.first()) {
        lines.add(new Line(XmlWriter.cut(name, WIDTH), ""));
      }
      if (names.count() > names.first().size()) {
        lines.add(new Line("and " + (names.count() - names.first().size()) + " more", "small"));
      }
    }
    return new NotesView(lines);
  }

  private static void heading(List<Line> lines, String text) {
    if (!lines.isEmpty()) {
      lines.add(new Line("", ""));
    }
    lines.add(new Line(text, "head"));
  }

  private static void findings(List<Line> lines, CheckResult check) {
    List<FindingKind> kinds = new ArrayList<>();
    for (FindingKind kind : FindingKind.values()) {
      if (kind.severity() != Severity.INFO && check.findings().count(kind) > 0) {
        kinds.add(kind);
      }
    }
    heading(lines, kinds.isEmpty() ? "A check found nothing wrong" : "A check found");
    for (FindingKind kind : kinds.subList(0, Math.min(MAX_KINDS, kinds.size()))) {
      lines.add(new Line(check.findings().count(kind) + " × " + kind.id(), ""));
      wrap(lines, kind.meaning());
    }
    if (kinds.size() > MAX_KINDS) {
      lines.add(new Line("and " + (kinds.size() - MAX_KINDS) + " other kinds", "small"));
    }
  }

  /** Breaks a sentence between words. */
  private static void wrap(List<Line> lines, String sentence) {
    StringBuilder line = new StringBuilder();
    for (String word : sentence.split(" ", -1)) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > SMALL_WIDTH) {
        lines.add(new Line(line.toString(), "small"));
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(new Line(line.toString(), "small"));
  }

  int height() {
    return lines.size() * LegendView.LINE;
  }

  void draw(XmlWriter xml, int x, int y) throws IOException {
    int at = y;
    for (Line line : lines) {
      if (!line.text().isEmpty()) {
        xml.text("text", line.text(), "class", line.style(), "x", x, "y", at).line();
      }
      at += LegendView.LINE;
    }
  }
}
