package io.github.qcow2tostdout.image;

/**
 * Answers for many ranges whether they are in holes, and asks for few. A sparse file may have
 * millions of tables that are nothing but holes: they need not be read.
 */
final class HoleMap {
  /** So many bytes are taken for data: to ask for the first time takes longer than to read them. */
  static final long UNASKED = 64L << 20;

  /** Bytes that a range is taken for at least, since to read it takes a call. */
  static final int LEAST = 4 << 10;

  private final Holes holes;
  private long unasked = UNASKED;

  /** The extent or the hole that the last question was about. */
  private long from;

  private long to;
  private boolean isHole;

  HoleMap(Holes holes) {
    this.holes = holes;
  }

  /** Whether all of a range is known to be in a hole. */
  boolean holds(long offset, long length) {
    if (offset < 0) {
      return false;
    }
    if (unasked > 0) {
      unasked -= Math.max(LEAST, length);
      return false;
    }
    if (offset < from || offset >= to) {
      find(offset);
    }
    return isHole && length <= to - offset;
  }

  private void find(long offset) {
    long data = holes.nextData(offset);
    from = offset;
    isHole = data > offset;
    to = isHole ? data : Math.max(offset + 1, holes.nextHole(offset));
  }
}
