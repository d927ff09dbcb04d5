package io.github.qcow2tostdout.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.qcow2tostdout.format.BitmapField;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An entry of the bitmap directory. Its name, which may be long, stays in the file.
 *
 * @param offset of the entry in the file
 * @param size bytes of the entry, padding in it
 * @param fixed the fixed part, for {@link BitmapField#get} at index 0
 */
public record BitmapEntry(long offset, int size, ByteBuffer fixed) {
  private static final long KNOWN_FLAGS = 3;
  private static final int DIRTY_TRACKING = 1;
  private static final int MIN_GRANULARITY_BITS = 9;
  private static final int MAX_GRANULARITY_BITS = 31;

  /** What is shown of a name where a message is about something else, in bytes. */
  private static final int MAX_SHOWN = 256;

  /** A field of the fixed part; those of 8 bytes may come out negative. */
  public long get(BitmapField field) {
    return field.get(fixed, 0);
  }

  /** Where the name is in the file. */
  public long nameOffset() {
    return offset + BitmapField.SIZE + get(BitmapField.EXTRA_DATA_SIZE);
  }

  /** The name as it is, from index 0. */
  public ByteBuffer nameBytes(BoundedFile file) throws IOException {
    return nameBytes(file, Integer.MAX_VALUE);
  }

  private ByteBuffer nameBytes(BoundedFile file, int most) throws IOException {
    int length = (int) Math.min(get(BitmapField.NAME_SIZE), most);
    return file.readPadded(nameOffset(), length, "bitmap name");
  }

  /** The name; what is no UTF-8 in it is replaced. */
  public String name(BoundedFile file) throws IOException {
    return UTF_8.decode(nameBytes(file)).toString();
  }

  /** The name as messages show it, no longer than a line or two. */
  public String shown(BoundedFile file) throws IOException {
    String name = UTF_8.decode(nameBytes(file, MAX_SHOWN)).toString();
    return get(BitmapField.NAME_SIZE) > MAX_SHOWN ? name + "..." : name;
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
