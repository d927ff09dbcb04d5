package io.github.qcow2tostdout.format;

import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * The data of the extension that says where the bitmap directory is.
 *
 * <p>Source: qcow2 specification, "Bitmaps extension".
 */
public enum BitmapsField {
  NB_BITMAPS(0, 4),
  RESERVED32(4, 4),
  BITMAP_DIRECTORY_SIZE(8, 8),
  BITMAP_DIRECTORY_OFFSET(16, 8);

  /** Bytes of the extension's data. */
  public static final int SIZE = 24;

  private final Field field;

  BitmapsField(int offset, int size) {
    field = new Field(offset, size);
  }

  /** Where it is in the extension's data. */
  public int offset() {
    return field.offset();
  }

  /** The specification's name for it. */
  public String specName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Writes it into the extension's data. */
  void put(ByteBuffer data, long value) {
    field.put(data, 0, value);
  }

  /** Reads it from the extension's data; those of 8 bytes may come out negative. */
  public long get(ByteBuffer data) {
    return field.get(data, 0);
  }
}
