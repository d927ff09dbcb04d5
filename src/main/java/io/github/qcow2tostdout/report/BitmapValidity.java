package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.format.BitmapField;
import io.github.qcow2tostdout.inspect.BitmapDirectory;
import io.github.qcow2tostdout.inspect.BitmapEntry;
import io.github.qcow2tostdout.inspect.Validity;

/** Which fields of a bitmap can be right. */
final class BitmapValidity {
  private static final long KNOWN_FLAGS = 3;
  private static final int DIRTY_TRACKING = 1;
  private static final int MIN_GRANULARITY_BITS = 9;
  private static final int MAX_GRANULARITY_BITS = 31;

  private final Target target;
  private final BitmapEntry bitmap;

  BitmapValidity(Target target, BitmapEntry bitmap) {
    this.target = target;
    this.bitmap = bitmap;
  }

  /** What a field looks like. */
  Validity of(BitmapField field) {
    long value = bitmap.get(field);
    return Validity.of(
        switch (field) {
          case BITMAP_TABLE_OFFSET -> value != 0 && target.isCluster(value);
          case BITMAP_TABLE_SIZE -> value > 0;
          case FLAGS -> value <= KNOWN_FLAGS;
          case TYPE -> value == DIRTY_TRACKING;
          case GRANULARITY_BITS -> value >= MIN_GRANULARITY_BITS && value <= MAX_GRANULARITY_BITS;
          case NAME_SIZE -> value > 0 && value <= BitmapDirectory.MAX_NAME;
          // QEMU takes none, whatever the flag says that allows it.
          case EXTRA_DATA_SIZE -> value == 0;
        });
  }
}
