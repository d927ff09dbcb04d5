package io.github.qcow2tostdout.picture;

/**
 * A range of bytes in parts that are as long as each other, as far as that goes with units which
 * are not divided. Some have no byte if there are more parts than units.
 *
 * @param size bytes of the range; the last unit may be cut short
 * @param unit bytes of what is not divided
 * @param count of the parts
 */
record Scale(long size, long unit, int count) {
  /** More parts than anybody can see. */
  static final int MAX_COUNT = 1 << 14;

  Scale {
    if (size < 0 || unit < 1 || count < 1 || count > MAX_COUNT) {
      throw new IllegalArgumentException(size + " bytes by " + unit + " in " + count + " parts");
    }
  }

  /** By bytes. */
  Scale(long size, int count) {
    this(size, 1, count);
  }

  /** The first byte of a part, or for the number behind the last one the end. */
  long start(int part) {
    long units = Math.ceilDiv(size, unit);
    long start = units / count * part + units % count * part / count;
    return start == units ? size : start * unit;
  }

  /** Bytes of a part. */
  long length(int part) {
    return start(part + 1) - start(part);
  }

  /** The part in which a byte of the range is. */
  int partOf(long offset) {
    int part = (int) Math.min(count - 1L, (long) ((double) offset / size * count));
    while (start(part) > offset) {
      part--;
    }
    while (start(part + 1) <= offset) {
      part++;
    }
    return part;
  }

  /** Where a part begins on a line of that length. */
  int on(int length, int part) {
    return size == 0 ? 0 : (int) ((double) start(part) / size * length);
  }
}
