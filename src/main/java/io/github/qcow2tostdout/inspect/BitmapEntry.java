package io.github.qcow2tostdout.inspect;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.qcow2tostdout.format.BitmapField;
import java.nio.ByteBuffer;

/**
 * An entry of the bitmap directory.
 *
 * @param offset of the entry in the file
 * @param size bytes of the entry, padding in it
 * @param fixed the fixed part, for {@link BitmapField#get} at index 0
 * @param nameBytes the name as it is
 */
public record BitmapEntry(long offset, int size, ByteBuffer fixed, ByteBuffer nameBytes) {
  /** A field of the fixed part; those of 8 bytes may come out negative. */
  public long get(BitmapField field) {
    return field.get(fixed, 0);
  }

  /** Where the name is in the file. */
  public long nameOffset() {
    return offset + BitmapField.SIZE + get(BitmapField.EXTRA_DATA_SIZE);
  }

  /** The name; what is no UTF-8 in it is replaced. */
  public String name() {
    return UTF_8.decode(nameBytes.duplicate().rewind()).toString();
  }
}
