package io.github.qcow2tostdout.format;

import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * The fixed part of an entry of the snapshot table. Behind it come the extra data, the id and the
 * name; entries start at multiples of 8.
 *
 * <p>Source: qcow2 specification, "Snapshots".
 */
public enum SnapshotField {
  L1_TABLE_OFFSET(0, 8),
  L1_SIZE(8, 4),
  ID_STR_SIZE(12, 2),
  NAME_SIZE(14, 2),
  DATE_SEC(16, 4),
  DATE_NSEC(20, 4),
  VM_CLOCK_NSEC(24, 8),
  VM_STATE_SIZE(32, 4),
  EXTRA_DATA_SIZE(36, 4);

  /** Bytes of the fixed part. */
  public static final int SIZE = 40;

  private final Field field;

  SnapshotField(int offset, int size) {
    field = new Field(offset, size);
  }

  /** Where it is in the entry. */
  public int offset() {
    return field.offset();
  }

  /** The specification's name for it. */
  public String specName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads it from the entry that starts at an index. */
  public long get(ByteBuffer table, int entry) {
    return field.get(table, entry);
  }

  /** Writes it into the entry that starts at an index. */
  public void put(ByteBuffer table, int entry, long value) {
    field.put(table, entry, value);
  }
}
