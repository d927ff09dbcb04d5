package io.github.qcow2tostdout.image;

import io.github.qcow2tostdout.format.Feature;
import io.github.qcow2tostdout.format.Header;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.Limits;

/** Which fields of a header can be right: by themselves, with each other and with the file. */
public final class HeaderValidity {
  private static final int MAX_CRYPT_METHOD = 2;

  private final Header header;
  private final long fileSize;

  public HeaderValidity(Header header, long fileSize) {
    this.header = header;
    this.fileSize = fileSize;
  }

  /** What a field looks like. */
  public Validity of(HeaderField field) {
    long value = header.get(field);
    return switch (field) {
      case MAGIC -> Validity.of(value == Integer.toUnsignedLong(Header.MAGIC));
      case VERSION -> Validity.of(value == 2 || value == 3);
      case BACKING_FILE_OFFSET -> Validity.of(value >= 0 && value <= clusterSize());
      case BACKING_FILE_SIZE -> backingFileSize(value);
      case CLUSTER_BITS -> Validity.of(value >= minClusterBits() && header.clusterBitsFit());
      case SIZE -> Validity.of(value >= 0 && value <= reach());
      case CRYPT_METHOD -> Validity.of(value <= MAX_CRYPT_METHOD);
      case L1_SIZE -> Validity.of(value <= Limits.MAX_L1_BYTES / Long.BYTES && l1Suffices());
      case L1_TABLE_OFFSET ->
          Validity.of(header.get(HeaderField.L1_SIZE) == 0 ? aligned(value) : isTable(value));
      case REFCOUNT_TABLE_OFFSET -> Validity.of(isTable(value));
      case REFCOUNT_TABLE_CLUSTERS ->
          Validity.of(value > 0 && value <= Limits.MAX_REFCOUNT_TABLE_BYTES / clusterSize());
      case NB_SNAPSHOTS -> Validity.of(value <= SnapshotTable.MAX_SNAPSHOTS);
      case SNAPSHOTS_OFFSET ->
          header.get(HeaderField.NB_SNAPSHOTS) == 0
              ? Validity.NO_OPINION
              : Validity.of(isTable(value));
      case INCOMPATIBLE_FEATURES ->
          Validity.of((value & ~Feature.Kind.INCOMPATIBLE.knownBits()) == 0);
      case COMPATIBLE_FEATURES -> ignored(value, Feature.Kind.COMPATIBLE);
      case AUTOCLEAR_FEATURES -> ignored(value, Feature.Kind.AUTOCLEAR);
      case REFCOUNT_ORDER -> Validity.of(value <= Limits.MAX_REFCOUNT_ORDER);
      case HEADER_LENGTH -> headerLength(value);
      case COMPRESSION_TYPE ->
          Validity.of(value <= 1 && Feature.COMPRESSION_TYPE.isSetIn(header) == (value != 0));
    };
  }

  private long minClusterBits() {
    return Feature.EXTENDED_L2.isSetIn(header)
        ? Limits.MIN_EXTENDED_L2_CLUSTER_BITS
        : Limits.MIN_CLUSTER_BITS;
  }

  private long clusterSize() {
    return header.clusterBitsFit() ? 1L << header.get(HeaderField.CLUSTER_BITS) : 1;
  }

  private boolean aligned(long offset) {
    return offset % clusterSize() == 0;
  }

  private boolean isTable(long offset) {
    return offset > 0 && offset < fileSize && aligned(offset);
  }

  /** Bytes of disk that the L1 table reaches. */
  private long reach() {
    long entries = Math.min(header.get(HeaderField.L1_SIZE), Limits.MAX_L1_BYTES / Long.BYTES);
    return header.clusterBitsFit() ? entries * L2Format.of(header).entries() * clusterSize() : 0;
  }

  private boolean l1Suffices() {
    long size = header.get(HeaderField.SIZE);
    return size < 0 || size > Limits.MAX_VIRTUAL_SIZE || size <= reach();
  }

  private Validity backingFileSize(long value) {
    long offset = header.get(HeaderField.BACKING_FILE_OFFSET);
    if (offset == 0) {
      return Validity.NO_OPINION;
    }
    return Validity.of(
        offset > 0 && value <= Math.min(HeaderArea.MAX_BACKING_NAME, clusterSize() - offset));
  }

  private Validity headerLength(long value) {
    return header.get(HeaderField.VERSION) < 3
        ? Validity.NO_OPINION
        : Validity.of(value >= Header.V3_MIN_LENGTH && value % 8 == 0 && value <= clusterSize());
  }

  /** Bits that nobody knows may be ignored there. */
  private static Validity ignored(long value, Feature.Kind kind) {
    return (value & ~kind.knownBits()) == 0 ? Validity.VALID : Validity.NO_OPINION;
  }
}
