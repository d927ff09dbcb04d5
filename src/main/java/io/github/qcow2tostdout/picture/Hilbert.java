package io.github.qcow2tostdout.picture;

/**
 * The Hilbert curve through a square of 4<sup>order</sup> cells: what is near each other on the
 * curve is near each other in the square.
 *
 * @param order how often the square is halved
 */
record Hilbert(int order) {
  /** Cells on a side. */
  int side() {
    return 1 << order;
  }

  /** All cells. */
  int cells() {
    return 1 << (2 * order);
  }

  /** The column of a cell of the curve, from the left. */
  int x(int cell) {
    return (int) (place(cell) >>> Integer.SIZE);
  }

  /** Its row, from the top. */
  int y(int cell) {
    return (int) place(cell);
  }

  /** Both, the column in the upper half. */
  private long place(int cell) {
    int x = 0;
    int y = 0;
    int rest = cell;
    for (int size = 1; size < side(); size *= 2) {
      int right = rest >> 1 & 1;
      int down = (rest ^ right) & 1;
      if (down == 0) {
        if (right == 1) {
          x = size - 1 - x;
          y = size - 1 - y;
        }
        int turned = x;
        x = y;
        y = turned;
      }
      x += size * right;
      y += size * down;
      rest >>= 2;
    }
    return ((long) x << Integer.SIZE) | y;
  }
}
