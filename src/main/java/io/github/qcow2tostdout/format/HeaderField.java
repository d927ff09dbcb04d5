package io.github.qcow2tostdout.format;

import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * The fields of the header, in the order of the file: the one declaration from which the header is
 * read and written. Numbers are big-endian and unsigned. Fields from {@link #INCOMPATIBLE_FEATURES}
 * on exist in version 3 only.
 *
 * <p>Source: qcow2 specification, "Header" and "Additional fields".
 */
public enum HeaderField {
  MAGIC(0, 4),
  VERSION(4, 4),
  BACKING_FILE_OFFSET(8, 8),
  BACKING_FILE_SIZE(16, 4),
  CLUSTER_BITS(20, 4),
  SIZE(24, 8),
  CRYPT_METHOD(32, 4),
  L1_SIZE(36, 4),
  L1_TABLE_OFFSET(40, 8),
  REFCOUNT_TABLE_OFFSET(48, 8),
  REFCOUNT_TABLE_CLUSTERS(56, 4),
  NB_SNAPSHOTS(60, 4),
  SNAPSHOTS_OFFSET(64, 8),
  INCOMPATIBLE_FEATURES(72, 8),
  COMPATIBLE_FEATURES(80, 8),
  AUTOCLEAR_FEATURES(88, 8),
  REFCOUNT_ORDER(96, 4),
  HEADER_LENGTH(100, 4),
  COMPRESSION_TYPE(104, 1);

  private final Field field;

  HeaderField(int offset, int size) {
    field = new Field(offset, size);
  }

  /** The byte of the file at which the field starts. */
  public int offset() {
    return field.offset();
  }

  /** Bytes of the field: 1, 4 or 8. */
  public int size() {
    return field.size();
  }

  /** The specification's name, {@code l1_table_offset} for one. */
  public String specName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The byte behind the field. */
  public int end() {
    return field.end();
  }

  /**
   * Reads the field of the header that starts at index 0; fields of 8 bytes may come out negative.
   */
  long get(ByteBuffer header) {
    return field.get(header, 0);
  }

  /** Writes the field of the header that starts at index 0. */
  void put(ByteBuffer header, long value) {
    field.put(header, 0, value);
  }

  /** Whether the field can hold the value. */
  boolean holds(long value) {
    return field.holds(value);
  }
}
