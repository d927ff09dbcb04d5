package io.github.qcow2tostdout.report;

/**
 * Where a structure is.
 *
 * @param offset in the file
 * @param size bytes
 * @param structure what it is
 */
record Location(long offset, long size, String structure) {
  /** By offset, then by size; both are unsigned. */
  static int compare(Location one, Location other) {
    int byOffset = Long.compareUnsigned(one.offset, other.offset);
    return byOffset != 0 ? byOffset : Long.compareUnsigned(one.size, other.size);
  }
}
