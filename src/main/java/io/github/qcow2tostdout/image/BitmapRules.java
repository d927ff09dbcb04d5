package io.github.qcow2tostdout.image;

import io.github.qcow2tostdout.format.BitmapField;
import io.github.qcow2tostdout.format.BitmapFlag;
import io.github.qcow2tostdout.format.BitmapTableEntry;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.format.TableEntry;
import java.io.IOException;

/** What QEMU wants of bitmaps: it loads them all when it opens an image, and refuses to if not. */
public final class BitmapRules {
  private static final long MAX_TABLE_ENTRIES = 1L << 27;
  private static final long MAX_BYTES = 1L << 29;

  private final OpenedImage image;
  private final BitmapDirectory directory;

  BitmapRules(OpenedImage image, BitmapDirectory directory) {
    this.image = image;
    this.directory = directory;
  }

  /** Whether a bitmap was not saved. */
  public static boolean isInUse(BitmapEntry bitmap) {
    return BitmapFlag.IN_USE.isSetIn(bitmap.get(BitmapField.FLAGS));
  }

  /** Where a bitmap's tables lie, each range once. */
  public static WeightedRanges tables(BitmapDirectory directory) {
    WeightedRanges tables = new WeightedRanges();
    for (BitmapEntry bitmap : directory.bitmaps()) {
      long offset = bitmap.get(BitmapField.BITMAP_TABLE_OFFSET);
      tables.add(offset, offset + bitmap.get(BitmapField.BITMAP_TABLE_SIZE) * Long.BYTES);
    }
    return tables;
  }

  void check() throws IOException {
    if (directory.size() == 0) {
      throw refused("Requested bitmap directory size is zero");
    }
    int number = 0;
    for (BitmapEntry bitmap : directory.bitmaps()) {
      number++;
      if (number > directory.nbBitmaps()) {
        throw refused("More bitmaps found than specified in header extension");
      }
      if (!bitmap.qemuTakes(BitmapField.EXTRA_DATA_SIZE)) {
        throw refused("Bitmap extra data is not supported");
      }
      if (!satisfiesConstraints(bitmap)) {
        throw refused("Bitmap '" + bitmap.title() + "' doesn't satisfy the constraints");
      }
    }
    if (directory.problem().isPresent()) {
      throw refused(directory.problem().get());
    }
    if (number < directory.nbBitmaps()) {
      throw refused("Less bitmaps found than specified in header extension");
    }
    BitmapNames names = new BitmapNames();
    for (BitmapEntry bitmap : directory.bitmaps()) {
      if (!names.add(bitmap)) {
        throw refused("Bitmap already exists: " + bitmap.title());
      }
      if (!isInUse(bitmap) && bitmap.get(BitmapField.BITMAP_TABLE_SIZE) != neededEntries(bitmap)) {
        throw refused("Could not read bitmap '" + bitmap.title() + "' from image");
      }
    }
    checkTables();
  }

  private boolean satisfiesConstraints(BitmapEntry bitmap) {
    long entries = bitmap.get(BitmapField.BITMAP_TABLE_SIZE);
    long offset = bitmap.get(BitmapField.BITMAP_TABLE_OFFSET);
    return entries != 0
        && entries <= MAX_TABLE_ENTRIES
        && entries * image.clusterSize() <= MAX_BYTES
        && offset > 0
        && offset <= Long.MAX_VALUE - entries * Long.BYTES
        && offset % image.clusterSize() == 0
        && bitmap.qemuTakes(BitmapField.GRANULARITY_BITS)
        && bitmap.qemuTakes(BitmapField.FLAGS)
        && bitmap.qemuTakes(BitmapField.NAME_SIZE)
        && bitmap.qemuTakes(BitmapField.TYPE)
        && (isInUse(bitmap) || neededEntries(bitmap) <= entries);
  }

  private long neededEntries(BitmapEntry bitmap) {
    long granularity = 1L << bitmap.get(BitmapField.GRANULARITY_BITS);
    long bits = Math.ceilDiv(image.diskSize(), granularity);
    return Math.ceilDiv(Math.ceilDiv(bits, 8L), image.clusterSize());
  }

  private void checkTables() throws IOException {
    new EntryReader(image.file(), EntryReader.MAX_ENTRIES / 16)
        .forEach(tables(directory), image.fileEnd(), "bitmap table", this::checkEntries);
  }

  private void checkEntries(long[] entries, int count, long at, long weight) throws ImageException {
    for (int i = 0; i < count; i++) {
      long offset = TableEntry.hostOffset(entries[i]);
      boolean bad =
          (entries[i] & BitmapTableEntry.RESERVED) != 0
              || BitmapTableEntry.type(entries[i]) == BitmapTableEntry.Type.INVALID
              || offset % image.clusterSize() != 0;
      if (bad) {
        throw refused(
            "Could not read bitmap_table table from image for bitmap: the entry at byte "
                + (at + (long) i * Long.BYTES)
                + " is "
                + Long.toHexString(entries[i]));
      }
    }
  }

  private ImageException refused(String fact) {
    return new ImageException.Corrupt(
        image.file().name(), fact, "the bitmaps are damaged; the disk may be whole");
  }
}
