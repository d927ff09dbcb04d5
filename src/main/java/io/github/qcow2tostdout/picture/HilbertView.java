package io.github.qcow2tostdout.picture;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A disk as a square, along a Hilbert curve that begins in the upper left corner and ends in the
 * upper right one.
 *
 * @param hover whether each stretch says what it is
 */
record HilbertView(boolean hover) {
  /** Up to here cells are large enough for gaps, and for the curve itself. */
  private static final int LARGE_CELLS = 4;

  private static final List<DiskPart> PARTS = List.of(DiskPart.values());

  /** Paths: each kind whole, and where there is less than half of it. */
  private static final int LEVELS = 2;

  /** Draws it into a square frame. */
  void draw(XmlWriter xml, Shares<DiskPart> disk, Frame frame) throws IOException {
    Hilbert curve = new Hilbert(Integer.numberOfTrailingZeros(disk.scale().count()) / 2);
    int size = frame.width() / curve.side();
    int[] looks = new int[curve.cells()];
    for (int cell = 0; cell < looks.length; cell++) {
      looks[cell] = look(disk, cell);
    }
    xml.begin(
            "g",
            "transform",
            "translate(" + frame.x() + " " + frame.y() + ")",
            "shape-rendering",
            "crispEdges")
        .line();
    if (hover) {
      stretches(xml, disk, curve, looks, size);
    } else {
      rows(xml, curve, looks, size);
    }
    if (curve.order() <= LARGE_CELLS) {
      gaps(xml, curve, size);
      xml.empty("path", "class", "curve", "d", line(curve, size)).line();
    }
    xml.empty("path", "class", "frame", "d", Frame.box(0, 0, frame.width(), frame.height()));
    xml.end().line();
  }

  /** Which of the paths a cell is in: what is wrong first, then what is stored, then the rest. */
  private static int look(Shares<DiskPart> disk, int cell) {
    DiskPart most = DiskPart.HOLE;
    for (DiskPart part : DiskPart.values()) {
      if (part == DiskPart.DAMAGED && disk.get(cell, part) > 0) {
        return PARTS.indexOf(part) * LEVELS;
      }
      // A little data in much nothing is what one looks for.
      if (part != DiskPart.HOLE && disk.get(cell, part) > 0) {
        boolean more = disk.get(cell, part) > disk.get(cell, most);
        if (most == DiskPart.HOLE || (most.isStored() == part.isStored() && more)) {
          most = part;
        }
      }
    }
    boolean some = most != DiskPart.HOLE && disk.get(cell, most) < disk.get(cell, DiskPart.HOLE);
    return PARTS.indexOf(most) * LEVELS + (some ? 1 : 0);
  }

  private static String style(int look) {
    return PARTS.get(look / LEVELS).style() + (look % LEVELS == 1 ? " some" : "");
  }

  private static void rows(XmlWriter xml, Hilbert curve, int[] looks, int size) throws IOException {
    int side = curve.side();
    int[] square = new int[looks.length];
    for (int cell = 0; cell < looks.length; cell++) {
      square[curve.y(cell) * side + curve.x(cell)] = looks[cell];
    }
    List<StringBuilder> paths = new ArrayList<>();
    for (int look = 0; look < PARTS.size() * LEVELS; look++) {
      paths.add(new StringBuilder());
    }
    for (int at = 0; at < square.length; ) {
      int end = at + 1;
      while (end % side != 0 && square[end] == square[at]) {
        end++;
      }
      paths
          .get(square[at])
          .append(Frame.box(at % side * size, at / side * size, (end - at) * size, size));
      at = end;
    }
    for (int look = 0; look < paths.size(); look++) {
      if (!paths.get(look).isEmpty()) {
        xml.empty("path", "class", style(look), "d", paths.get(look)).line();
      }
    }
  }

  private static void stretches(
      XmlWriter xml, Shares<DiskPart> disk, Hilbert curve, int[] looks, int size)
      throws IOException {
    for (int cell = 0; cell < looks.length; ) {
      int end = cell;
      StringBuilder path = new StringBuilder();
      while (end < looks.length && looks[end] == looks[cell]) {
        path.append(Frame.box(curve.x(end) * size, curve.y(end) * size, size, size));
        end++;
      }
      xml.begin("path", "class", style(looks[cell]), "d", path);
      xml.text("title", StripView.title(disk, cell, end)).end().line();
      cell = end;
    }
  }

  private static void gaps(XmlWriter xml, Hilbert curve, int size) throws IOException {
    StringBuilder path = new StringBuilder();
    for (int i = 1; i < curve.side(); i++) {
      int length = curve.side() * size;
      path.append("M0 " + i * size + "h" + length + "M" + i * size + " 0v" + length);
    }
    xml.empty("path", "class", "gaps", "d", path).line();
  }

  private static String line(Hilbert curve, int size) {
    StringBuilder path = new StringBuilder();
    for (int cell = 0; cell < curve.cells(); cell++) {
      path.append(cell == 0 ? 'M' : 'L');
      path.append(curve.x(cell) * size + size / 2).append(' ');
      path.append(curve.y(cell) * size + size / 2);
    }
    return path.toString();
  }
}
