package io.github.qcow2tostdout.source.qcow2;

import io.github.qcow2tostdout.image.Holes;

/**
 * Which of the stored bytes are in holes of the file that holds them, as those of clusters are that
 * were allocated beforehand. The last answer serves all that lies in the same extent or hole.
 */
final class StoredHoles {
  private final Holes holes;
  private final long size;
  private long from;
  private long to;
  private boolean isHole;

  /**
   * Nothing is asked yet.
   *
   * @param size of the file: behind it is no hole, but nothing, and that is for a reader to find
   */
  StoredHoles(Holes holes, long size) {
    this.holes = holes;
    this.size = size;
  }

  /** How many bytes from an offset on are in a hole; 0 if there is data. */
  long lengthOfHole(long offset, long length) {
    look(offset);
    return isHole ? Math.min(length, to - offset) : 0;
  }

  /** How many bytes from an offset on may be data, at which is some. */
  long lengthOfData(long offset, long length) {
    look(offset);
    return isHole ? 0 : Math.min(length, to - offset);
  }

  private void look(long offset) {
    if (offset >= from && offset < to) {
      return;
    }
    long data = offset < size ? Math.min(size, holes.nextData(offset)) : offset;
    from = offset;
    isHole = data > offset;
    to =
        isHole
            ? data
            : offset < size ? Math.max(offset + 1, holes.nextHole(offset)) : Long.MAX_VALUE;
  }
}
