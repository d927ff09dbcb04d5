package io.github.qcow2tostdout.format;

/**
 * The feature bits that QEMU knows, in the order of its feature name table.
 *
 * <p>Source: qcow2 specification, "Header", and "Feature name table".
 */
public enum Feature {
  DIRTY(Kind.INCOMPATIBLE, 0, "dirty bit"),
  CORRUPT(Kind.INCOMPATIBLE, 1, "corrupt bit"),
  DATA_FILE(Kind.INCOMPATIBLE, 2, "external data file"),
  COMPRESSION_TYPE(Kind.INCOMPATIBLE, 3, "compression type"),
  EXTENDED_L2(Kind.INCOMPATIBLE, 4, "extended L2 entries"),
  LAZY_REFCOUNTS(Kind.COMPATIBLE, 0, "lazy refcounts"),
  BITMAPS(Kind.AUTOCLEAR, 0, "bitmaps"),
  DATA_FILE_RAW(Kind.AUTOCLEAR, 1, "raw external data");

  /** Which of the three bit fields a feature is in; as the feature name table numbers them. */
  public enum Kind {
    INCOMPATIBLE(0, HeaderField.INCOMPATIBLE_FEATURES),
    COMPATIBLE(1, HeaderField.COMPATIBLE_FEATURES),
    AUTOCLEAR(2, HeaderField.AUTOCLEAR_FEATURES);

    private final int number;
    private final HeaderField field;

    Kind(int number, HeaderField field) {
      this.number = number;
      this.field = field;
    }

    /** The kind's number in the feature name table. */
    int number() {
      return number;
    }

    /** The header's field. */
    public HeaderField field() {
      return field;
    }

    /** The bits of the field that have a meaning. */
    public long knownBits() {
      long bits = 0;
      for (Feature feature : Feature.values()) {
        bits |= feature.kind == this ? 1L << feature.bit : 0;
      }
      return bits;
    }
  }

  private final Kind kind;
  private final int bit;
  private final String specName;

  Feature(Kind kind, int bit, String specName) {
    this.kind = kind;
    this.bit = bit;
    this.specName = specName;
  }

  /** Which bit field. */
  public Kind kind() {
    return kind;
  }

  /** Which bit of it, 0 to 63. */
  public int bit() {
    return bit;
  }

  /** The name in QEMU's feature name table, ASCII, at most 46 bytes. */
  public String specName() {
    return specName;
  }

  /** A header with this feature's bit set. */
  public Header setIn(Header header) {
    return header.with(kind.field(), header.get(kind.field()) | 1L << bit);
  }

  /** Whether the header has this feature's bit set. */
  public boolean isSetIn(Header header) {
    return (header.get(kind.field()) >>> bit & 1) == 1;
  }
}
