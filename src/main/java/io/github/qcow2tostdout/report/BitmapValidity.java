package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.format.BitmapField;
import io.github.qcow2tostdout.image.BitmapEntry;
import io.github.qcow2tostdout.image.Validity;

/** Which fields of a bitmap can be right. */
final class BitmapValidity {
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
          case NAME_SIZE -> value > 0 && bitmap.qemuTakes(field);
          case FLAGS, TYPE, GRANULARITY_BITS, EXTRA_DATA_SIZE -> bitmap.qemuTakes(field);
        });
  }
}
