package io.github.qcow2tostdout.scan;

import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.plan.BitmapsPlan;
import io.github.qcow2tostdout.plan.IndexSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Finds out which clusters bitmaps need in an image: parts that are all the same need none. */
public final class BitmapScan {
  private static final int PART = 64 << 10;

  private final int clusterBits;
  private final ByteBuffer buffer = ByteBuffer.allocate(PART);

  private BitmapScan(Geometry geometry) {
    clusterBits = geometry.clusterBits();
  }

  /** Reads all of them. */
  public static BitmapsPlan run(List<CarriedBitmap> bitmaps, Geometry geometry) throws IOException {
    BitmapScan scan = new BitmapScan(geometry);
    List<BitmapsPlan.Bitmap> planned = new ArrayList<>();
    for (CarriedBitmap bitmap : bitmaps) {
      planned.add(scan.plan(bitmap));
    }
    return new BitmapsPlan(planned);
  }

  private BitmapsPlan.Bitmap plan(CarriedBitmap bitmap) throws IOException {
    long entries = Math.ceilDiv(bitmap.bytes(), 1L << clusterBits);
    IndexSet.Builder ones = new IndexSet.Builder();
    IndexSet.Builder data = new IndexSet.Builder();
    for (long part = 0; part < entries; part++) {
      long from = part << clusterBits;
      long bits = Math.min(bitmap.bits() - from * Byte.SIZE, (long) Byte.SIZE << clusterBits);
      long set = set(bitmap, from, Math.ceilDiv(bits, (long) Byte.SIZE));
      if (set == bits) {
        ones.add(part, part + 1);
      } else if (set != 0) {
        data.add(part, part + 1);
      }
    }
    return new BitmapsPlan.Bitmap(
        bitmap.name(),
        bitmap.granularityBits(),
        bitmap.auto(),
        entries,
        ones.build(),
        data.build());
  }

  /** How many bits are set of those in a range of bytes. */
  private long set(CarriedBitmap bitmap, long from, long count) throws IOException {
    long set = 0;
    for (long at = 0; at < count; at += PART) {
      int length = (int) Math.min(PART, count - at);
      // Whole words; behind the last bit there are zeroes.
      ByteBuffer part = buffer.slice(0, (length + 7) & -8);
      bitmap.stored().read(part, from + at);
      for (int i = 0; i < part.capacity(); i += Long.BYTES) {
        set += Long.bitCount(part.getLong(i));
      }
    }
    return set;
  }
}
