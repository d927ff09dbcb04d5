package io.github.qcow2tostdout.image;

import io.github.qcow2tostdout.format.BitmapField;
import io.github.qcow2tostdout.format.BitmapsField;
import io.github.qcow2tostdout.format.ImageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The bitmaps extension and the directory that it points to, as far as they can be read.
 *
 * @param nbBitmaps how many bitmaps the extension says there are
 * @param reserved the extension's field that must be 0
 * @param size bytes of the directory, as the extension says
 * @param offset of the directory; may be negative, being unsigned
 * @param bitmaps in the order of the directory
 * @param problem why there are no more of them; empty if the directory was read to its end
 */
public record BitmapDirectory(
    long nbBitmaps,
    long reserved,
    long size,
    long offset,
    List<BitmapEntry> bitmaps,
    Optional<String> problem) {
  /** The most bitmaps that QEMU takes. */
  public static final int MAX_BITMAPS = 65535;

  /** The largest directory that QEMU takes, in bytes. */
  public static final long MAX_SIZE = 1024L * MAX_BITMAPS;

  /** The longest name that QEMU takes, in bytes. */
  public static final int MAX_NAME = 1023;

  /**
   * Refuses an extension of the wrong length.
   *
   * @throws ImageException.Corrupt if it is
   */
  static void checkLength(String fileName, Extension extension) throws ImageException {
    if (extension.length() != BitmapsField.SIZE
        || extension.data().capacity() != BitmapsField.SIZE) {
      throw new ImageException.Corrupt(
          fileName,
          "bitmaps extension at byte "
              + extension.offset()
              + ": Invalid extension length "
              + extension.length()
              + ", expected "
              + BitmapsField.SIZE,
          "the bitmaps are lost; the disk may be whole");
    }
  }

  /**
   * Reads what a bitmaps extension points to.
   *
   * @throws ImageException.Corrupt if the extension has not the length that it must have
   */
  public static BitmapDirectory read(BoundedFile file, Extension extension) throws IOException {
    checkLength(file.name(), extension);
    ByteBuffer data = extension.data();
    long count = BitmapsField.NB_BITMAPS.get(data);
    long reserved = BitmapsField.RESERVED32.get(data);
    long size = BitmapsField.BITMAP_DIRECTORY_SIZE.get(data);
    long offset = BitmapsField.BITMAP_DIRECTORY_OFFSET.get(data);
    List<BitmapEntry> bitmaps = new ArrayList<>();
    Optional<String> problem = Optional.empty();
    if (size < 0 || size > MAX_SIZE) {
      problem =
          Optional.of(
              "bitmap directory size " + Long.toUnsignedString(size) + " exceeds " + MAX_SIZE);
    } else if (!file.holds(offset, 1)) {
      problem = Optional.of("the bitmap directory goes beyond the end of the file");
    } else {
      problem = readEntries(file, offset, size, bitmaps);
    }
    return new BitmapDirectory(count, reserved, size, offset, List.copyOf(bitmaps), problem);
  }

  private static Optional<String> readEntries(
      BoundedFile file, long offset, long size, List<BitmapEntry> bitmaps) throws IOException {
    for (long at = 0; at < size; ) {
      if (bitmaps.size() == MAX_BITMAPS || size - at < BitmapField.SIZE) {
        return Optional.of("Broken bitmap directory");
      }
      String what = "bitmap directory entry " + bitmaps.size();
      ByteBuffer fixed = file.readPadded(offset + at, BitmapField.SIZE, what);
      long extra = BitmapField.EXTRA_DATA_SIZE.get(fixed, 0);
      int nameSize = (int) BitmapField.NAME_SIZE.get(fixed, 0);
      long entrySize = (BitmapField.SIZE + extra + nameSize + 7) & -8L;
      if (entrySize > size - at) {
        return Optional.of("Broken bitmap directory");
      }
      bitmaps.add(new BitmapEntry(file, offset + at, (int) entrySize, fixed));
      at += entrySize;
    }
    return Optional.empty();
  }
}
