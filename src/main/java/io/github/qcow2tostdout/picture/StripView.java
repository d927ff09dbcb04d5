package io.github.qcow2tostdout.picture;

import io.github.qcow2tostdout.report.HumanSize;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A range of bytes from left to right, in columns. What is in a column is stacked from below, in
 * proportion; but of all that is there a line is seen, however little it is.
 *
 * @param hover whether each column says what it is
 */
record StripView(boolean hover) {
  /** The least height of what is there, as a part of the strip's. */
  private static final int LEAST = 12;

  /** Draws it, and a frame around it. */
  <K extends Enum<K> & Part> void draw(XmlWriter xml, Shares<K> shares, Frame frame)
      throws IOException {
    int count = shares.scale().count();
    xml.begin("g", "shape-rendering", "crispEdges").line();
    List<StringBuilder> paths = noPaths(shares);
    for (int part = 0; part < count; ) {
      int end = part + 1;
      while (end < count && isSame(shares, part, end)) {
        end++;
      }
      Frame column = column(shares.scale(), part, end, frame);
      if (column.width() > 0 && hover) {
        List<StringBuilder> own = noPaths(shares);
        stack(shares, part, column, own);
        xml.begin("g");
        write(xml, shares, own);
        xml.text("title", title(shares, part, end)).end().line();
      } else if (column.width() > 0) {
        stack(shares, part, column, paths);
      }
      part = end;
    }
    write(xml, shares, paths);
    xml.empty("path", "class", "frame", "d", box(frame)).end().line();
  }

  private static Frame column(Scale scale, int part, int end, Frame frame) {
    int left = scale.on(frame.width(), part);
    int right = scale.on(frame.width(), end);
    if (left == right && scale.start(part) < scale.start(end)) {
      left = Math.max(0, left - 2);
      right = left + 2;
    }
    return new Frame(frame.x() + left, frame.y(), right - left, frame.height());
  }

  private static String box(Frame frame) {
    return Frame.box(frame.x(), frame.y(), frame.width(), frame.height());
  }

  private static <K extends Enum<K> & Part> List<StringBuilder> noPaths(Shares<K> shares) {
    List<StringBuilder> paths = new ArrayList<>();
    for (int i = 0; i < shares.kinds().length; i++) {
      paths.add(new StringBuilder());
    }
    return paths;
  }

  /** Whether two parts hold one kind, and the same. */
  private static <K extends Enum<K> & Part> boolean isSame(Shares<K> shares, int one, int other) {
    for (K kind : shares.kinds()) {
      if (shares.get(one, kind) == shares.scale().length(one)
          && shares.get(other, kind) == shares.scale().length(other)) {
        return true;
      }
    }
    return false;
  }

  private static <K extends Enum<K> & Part> void stack(
      Shares<K> shares, int part, Frame column, List<StringBuilder> paths) {
    long length = Math.max(1, shares.scale().length(part));
    int least = Math.max(2, column.height() / LEAST);
    int there = 0;
    int largest = 0;
    int[] heights = new int[paths.size()];
    K[] kinds = shares.kinds();
    for (int i = 0; i < kinds.length; i++) {
      long bytes = shares.get(part, kinds[i]);
      if (bytes > 0) {
        heights[i] = Math.max(least, (int) Math.round((double) bytes / length * column.height()));
        there += heights[i];
        largest = heights[i] > heights[largest] ? i : largest;
      }
    }
    // What the small ones were given the largest has to spare.
    heights[largest] += there == 0 ? 0 : column.height() - there;
    int y = column.bottom();
    for (int i = 0; i < heights.length; i++) {
      if (heights[i] > 0) {
        y -= heights[i];
        paths.get(i).append(Frame.box(column.x(), y, column.width(), heights[i]));
      }
    }
  }

  private static <K extends Enum<K> & Part> void write(
      XmlWriter xml, Shares<K> shares, List<StringBuilder> paths) throws IOException {
    K[] kinds = shares.kinds();
    for (int i = 0; i < kinds.length; i++) {
      StringBuilder path = paths.get(i);
      if (!path.isEmpty()) {
        xml.empty("path", "class", kinds[i].style(), "d", path).line();
      }
    }
  }

  /** What is in some parts: where they are, and the bytes of each kind. */
  static <K extends Enum<K> & Part> String title(Shares<K> shares, int part, int end) {
    StringBuilder title = new StringBuilder();
    title.append(HumanSize.of(shares.scale().start(part)));
    title.append(" to ").append(HumanSize.of(shares.scale().start(end)));
    for (K kind : shares.kinds()) {
      long bytes = 0;
      for (int i = part; i < end; i++) {
        bytes += shares.get(i, kind);
      }
      if (bytes > 0) {
        title.append("; ").append(kind.label()).append(": ").append(HumanSize.withBytes(bytes));
      }
    }
    return title.toString();
  }
}
