package io.github.qcow2tostdout.format;

import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * The fixed part of an entry of the bitmap directory. Behind it come the extra data and the name;
 * entries start at multiples of 8.
 *
 * <p>Source: qcow2 specification, "Bitmap directory".
 */
public enum BitmapField {
  BITMAP_TABLE_OFFSET(0, 8),
  BITMAP_TABLE_SIZE(8, 4),
  FLAGS(12, 4),
  TYPE(16, 1),
  GRANULARITY_BITS(17, 1),
  NAME_SIZE(18, 2),
  EXTRA_DATA_SIZE(20, 4);

  /** Bytes of the fixed part. */
  public static final int SIZE = 24;

  private final Field field;

  BitmapField(int offset, int size) {
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
  public long get(ByteBuffer directory, int entry) {
    return field.get(directory, entry);
  }

  /** Writes it into the entry that starts at an index. */
  public void put(ByteBuffer directory, int entry, long value) {
    field.put(directory, entry, value);
  }
}
