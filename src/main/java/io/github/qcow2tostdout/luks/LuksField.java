package io.github.qcow2tostdout.luks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;

/**
 * The fields of a LUKS header, which is big-endian.
 *
 * <p>Source: LUKS1 On-Disk Format Specification, 4.
 */
enum LuksField {
  MAGIC(0, 6),
  VERSION(6, 2),
  CIPHER_NAME(8, 32),
  CIPHER_MODE(40, 32),
  HASH_SPEC(72, 32),
  PAYLOAD_OFFSET(104, 4),
  KEY_BYTES(108, 4),
  MK_DIGEST(112, 20),
  MK_DIGEST_SALT(132, 32),
  MK_DIGEST_ITER(164, 4),
  UUID(168, 40),
  KEY_SLOTS(208, 8 * 48);

  /** Bytes of the header in front of the key material. */
  static final int SIZE = 592;

  private final int offset;
  private final int size;

  LuksField(int offset, int size) {
    this.offset = offset;
    this.size = size;
  }

  int offset() {
    return offset;
  }

  /** Reads a number of 2 or 4 bytes. */
  long number(ByteBuffer header) {
    return size == Short.BYTES
        ? Short.toUnsignedLong(header.getShort(offset))
        : Integer.toUnsignedLong(header.getInt(offset));
  }

  /** Reads bytes. */
  byte[] bytes(ByteBuffer header) {
    byte[] bytes = new byte[size];
    header.get(offset, bytes);
    return bytes;
  }

  /** Reads characters up to a zero; all of the field if there is none. */
  String text(ByteBuffer header) {
    String all = new String(bytes(header), ISO_8859_1);
    int end = all.indexOf(0);
    return end < 0 ? all : all.substring(0, end);
  }

  /** Writes a number. */
  void put(ByteBuffer header, long value) {
    if (size == Short.BYTES) {
      header.putShort(offset, (short) value);
    } else {
      header.putInt(offset, (int) value);
    }
  }

  /** Writes bytes. */
  void put(ByteBuffer header, byte[] bytes) {
    header.put(offset, bytes);
  }

  /** Writes characters; what is left of the field stays as it is, zero. */
  void put(ByteBuffer header, String text) {
    put(header, text.getBytes(ISO_8859_1));
  }
}
