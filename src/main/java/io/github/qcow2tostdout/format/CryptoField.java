package io.github.qcow2tostdout.format;

import java.nio.ByteBuffer;

/**
 * The data of the extension that says where the crypto header is.
 *
 * <p>Source: qcow2 specification, "Full disk encryption header pointer".
 */
public enum CryptoField {
  OFFSET(0, 8),
  LENGTH(8, 8);

  /** The {@code crypt_method} of LUKS, which alone has such a header. */
  public static final int LUKS = 2;

  /** Bytes of the extension's data. */
  public static final int SIZE = 16;

  private final Field field;

  CryptoField(int offset, int size) {
    field = new Field(offset, size);
  }

  /** Reads it from the extension's data; may come out negative. */
  public long get(ByteBuffer data) {
    return field.get(data, 0);
  }

  /** Writes it into the extension's data. */
  void put(ByteBuffer data, long value) {
    field.put(data, 0, value);
  }
}
