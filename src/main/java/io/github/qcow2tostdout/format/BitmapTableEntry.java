package io.github.qcow2tostdout.format;

/**
 * Entries of a bitmap's table.
 *
 * <pre>
 * bit  0         only without an offset: the part of the bitmap is all ones
 *      9 - 55    host offset of a cluster of the bitmap
 * </pre>
 *
 * <p>Source: qcow2 specification, "Bitmap table".
 */
public final class BitmapTableEntry {
  /** Bits that must be 0. */
  public static final long RESERVED = 0xff00_0000_0000_01feL;

  /** The entry of a part that is all ones. */
  public static final long ALL_ONES = 1;

  private BitmapTableEntry() {}

  /** What an entry says of its part of the bitmap. */
  public enum Type {
    SERIALIZED("serialized"),
    ALL_ZEROES("all-zeroes"),
    ALL_ONES("all-ones"),
    INVALID("invalid");

    private final String specName;

    Type(String specName) {
      this.specName = specName;
    }

    /** The name that tools print. */
    public String specName() {
      return specName;
    }
  }

  /** What the entry is; the reserved bits are not looked at. */
  public static Type type(long entry) {
    boolean ones = (entry & ALL_ONES) != 0;
    return TableEntry.hostOffset(entry) != 0
        ? ones ? Type.INVALID : Type.SERIALIZED
        : ones ? Type.ALL_ONES : Type.ALL_ZEROES;
  }
}
