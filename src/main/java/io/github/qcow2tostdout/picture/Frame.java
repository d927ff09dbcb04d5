package io.github.qcow2tostdout.picture;

/**
 * A place in a picture.
 *
 * @param x of the left side
 * @param y of the upper side
 * @param width in pixels
 * @param height in pixels
 */
record Frame(int x, int y, int width, int height) {
  int bottom() {
    return y + height;
  }

  /** Four lines, as a path has them. */
  static String box(int x, int y, int width, int height) {
    return "M" + x + " " + y + "h" + width + "v" + height + "h-" + width + "z";
  }
}
