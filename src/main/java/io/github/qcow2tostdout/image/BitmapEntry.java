package io.github.qcow2tostdout.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.qcow2tostdout.format.BitmapField;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An entry of the bitmap directory. Its name is not held: all together may have 64 MiB.
 *
 * @param file that it is in
 * @param offset of the entry in the file
 * @param size bytes of the entry, padding in it
 * @param fixed the fixed part, for {@link BitmapField#get} at index 0
 */
public record BitmapEntry(BoundedFile file, long offset, int size, ByteBuffer fixed) {
  private static final long KNOWN_FLAGS = 3;
  private static final int DIRTY_TRACKING = 1;
  private static final int MIN_GRANULARITY_BITS = 9;
  private static final int MAX_GRANULARITY_BITS = 31;

  /** The most bytes of a name in a message. */
  private static final int MAX_SHOWN = 255;

  /** A field of the fixed part; those of 8 bytes may come out negative. */
  public long get(BitmapField field) {
    return field.get(fixed, 0);
  }

  /** Where the name is in the file. */
  public long nameOffset() {
    return offset + BitmapField.SIZE + get(BitmapField.EXTRA_DATA_SIZE);
  }

  /** Reads the name as it is, from index 0. */
  public ByteBuffer nameBytes() throws IOException {
    return nameBytes(Integer.MAX_VALUE);
  }

  private ByteBuffer nameBytes(int most) throws IOException {
    int length = (int) Math.min(get(BitmapField.NAME_SIZE), most);
    return file.readPadded(nameOffset(), length, "name of a bitmap");
  }

  /** Reads the name; what is no UTF-8 in it is replaced. */
  public String name() throws IOException {
    return UTF_8.decode(nameBytes()).toString();
  }

  /** What messages call it: the name, of which what is too long for a message is cut off. */
  public String title() throws IOException {
    boolean isLong = get(BitmapField.NAME_SIZE) > MAX_SHOWN;
    return UTF_8.decode(nameBytes(MAX_SHOWN)) + (isLong ? "…" : "");
  }

  /** Whether QEMU takes the value of a field that can be judged by itself. */
  public boolean qemuTakes(BitmapField field) {
    long value = get(field);
    return switch (field) {
      case FLAGS -> (value & ~KNOWN_FLAGS) == 0;
      case TYPE -> value == DIRTY_TRACKING;
      case GRANULARITY_BITS -> value >= MIN_GRANULARITY_BITS && value <= MAX_GRANULARITY_BITS;
      case NAME_SIZE -> value <= BitmapDirectory.MAX_NAME;
      // Whatever the flag says that allows it.
      case EXTRA_DATA_SIZE -> value == 0;
      case BITMAP_TABLE_OFFSET, BITMAP_TABLE_SIZE -> value != 0;
    };
  }
}
