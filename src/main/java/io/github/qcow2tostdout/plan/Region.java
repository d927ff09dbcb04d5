package io.github.qcow2tostdout.plan;

/**
 * A contiguous part of the image.
 *
 * @param kind what is in it
 * @param from its first byte
 * @param to the byte behind it
 */
public record Region(Kind kind, long from, long to) {
  /** What a region holds; the order is the order in the image. */
  public enum Kind {
    HEADER("header"),
    REFCOUNT_TABLE("refcount table"),
    REFCOUNT_BLOCKS("refcount blocks"),
    L1_TABLE("L1 table"),
    L2_TABLES("L2 tables"),
    BITMAPS("bitmaps"),
    DATA("data");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    /** The specification's name for it. */
    public String words() {
      return words;
    }
  }

  public Region {
    if (from < 0 || to < from) {
      throw new IllegalArgumentException(kind + " from " + from + " to " + to);
    }
  }

  /** Bytes of the region. */
  public long size() {
    return to - from;
  }
}
