package io.github.qcow2tostdout.image;

/**
 * Answers for many ranges whether they are in holes, and asks for few. A sparse file may have
 * millions of tables that are nothing but holes: they need not be read. For any thread.
 */
final class HoleMap {
  /** So many bytes are read before any question: to ask the first time takes longer than that. */
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

  /** A range was read. */
  synchronized void wasRead(long length) {
    if (unasked > 0) {
      unasked -= Math.max(LEAST, length);
    }
  }

  /** Whether all of a range is known to be in a hole. */
  synchronized boolean holds(long offset, long length) {
    if (offset < 0 || unasked > 0) {
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
