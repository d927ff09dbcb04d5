package io.github.qcow2tostdout.source.qcow2;

import io.github.qcow2tostdout.image.Holes;

/**
 * Which of the stored bytes are in holes of the file that holds them, as those of clusters are that
 * were allocated beforehand. The last answer serves all that lies in the same extent or hole.
 */
final class StoredHoles {
  private final Holes holes;
  private long from;
  private long to;
  private boolean isHole;

  StoredHoles(Holes holes) {
    this.holes = holes;
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
    long data = holes.nextData(offset);
    from = offset;
    isHole = data > offset;
    to = isHole ? data : Math.max(offset + 1, holes.nextHole(offset));
  }
}
