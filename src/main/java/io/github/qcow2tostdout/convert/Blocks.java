package io.github.qcow2tostdout.convert;

/** Arithmetic with blocks of a disk that may end where a {@code long} does. */
final class Blocks {
  private Blocks() {}

  /**
   * Where the block ends that a byte is in: the offset behind it, or the largest offset where that
   * is not a number any more.
   *
   * @param size of a block, a power of two
   */
  static long end(long offset, long size) {
    long last = offset | (size - 1);
    return last == Long.MAX_VALUE ? last : last + 1;
  }
}
