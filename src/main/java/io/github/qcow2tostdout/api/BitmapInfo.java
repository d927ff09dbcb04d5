package io.github.qcow2tostdout.api;

import io.github.qcow2tostdout.format.BitmapField;
import io.github.qcow2tostdout.format.BitmapFlag;
import io.github.qcow2tostdout.image.BitmapEntry;
import java.io.IOException;

/**
 * A persistent dirty bitmap.
 *
 * @param name what tells it from the others
 * @param granularity bytes of the disk that a bit is of
 * @param inUse whether it was not closed, so that nobody should believe it
 * @param auto whether QEMU goes on with it when it opens the image
 */
public record BitmapInfo(String name, long granularity, boolean inUse, boolean auto) {
  static BitmapInfo of(BitmapEntry entry) throws IOException {
    long flags = entry.get(BitmapField.FLAGS);
    return new BitmapInfo(
        entry.name(),
        1L << entry.get(BitmapField.GRANULARITY_BITS),
        BitmapFlag.IN_USE.isSetIn(flags),
        BitmapFlag.AUTO.isSetIn(flags));
  }
}
