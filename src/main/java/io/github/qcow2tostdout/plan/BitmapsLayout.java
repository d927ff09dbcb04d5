package io.github.qcow2tostdout.plan;

import io.github.qcow2tostdout.format.BitmapField;
import io.github.qcow2tostdout.format.BitmapFlag;
import io.github.qcow2tostdout.format.BitmapTableEntry;
import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.plan.BitmapsPlan.Bitmap;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** Where the tables and the data of bitmaps lie in their region of an image. */
public final class BitmapsLayout {
  private static final int DIRTY_TRACKING = 1;

  private final long from;
  private final int clusterBits;
  private final List<Bitmap> bitmaps;
  private final ByteBuffer directory;

  /** Where each table starts, from the start of the region, and where the data starts. */
  private final long[] tables;

  /** The same of each bitmap's data, and the end of all. */
  private final long[] data;

  /**
   * Lays them out.
   *
   * @param from host offset of the region
   */
  public BitmapsLayout(BitmapsPlan plan, long from, Geometry geometry) {
    this.from = from;
    clusterBits = geometry.clusterBits();
    bitmaps = plan.bitmaps();
    directory = ByteBuffer.allocate(Math.toIntExact(plan.directorySize()));
    tables = new long[bitmaps.size() + 1];
    data = new long[bitmaps.size() + 1];
    tables[0] = Math.ceilDiv(plan.directorySize(), geometry.clusterSize()) << clusterBits;
    for (int i = 0; i < bitmaps.size(); i++) {
      tables[i + 1] = tables[i] + (geometry.tableClusters(bitmaps.get(i).entries()) << clusterBits);
    }
    data[0] = tables[bitmaps.size()];
    int at = 0;
    for (int i = 0; i < bitmaps.size(); i++) {
      Bitmap bitmap = bitmaps.get(i);
      data[i + 1] = data[i] + (bitmap.data().count() << clusterBits);
      putEntry(bitmap, from + tables[i], at);
      at += bitmap.directorySize();
    }
  }

  private void putEntry(Bitmap bitmap, long table, int at) {
    BitmapField.BITMAP_TABLE_OFFSET.put(directory, at, table);
    BitmapField.BITMAP_TABLE_SIZE.put(directory, at, bitmap.entries());
    BitmapField.FLAGS.put(directory, at, bitmap.auto() ? BitmapFlag.AUTO.mask() : 0);
    BitmapField.TYPE.put(directory, at, DIRTY_TRACKING);
    BitmapField.GRANULARITY_BITS.put(directory, at, bitmap.granularityBits());
    BitmapField.NAME_SIZE.put(directory, at, bitmap.name().capacity());
    directory.put(at + BitmapField.SIZE, bitmap.name(), 0, bitmap.name().capacity());
  }

  /** A part of the data of a bitmap. */
  @FunctionalInterface
  public interface Data {
    /**
     * Fills a buffer with bytes of a bitmap, as they are stored.
     *
     * @param bitmap its number
     * @param offset of the first byte in the bitmap
     */
    void read(int bitmap, ByteBuffer to, long offset) throws IOException;
  }

  /**
   * Fills the rest of a buffer with bytes of the region.
   *
   * @param out room for a multiple of 8 bytes
   * @param offset of the first in the region, a multiple of 8
   */
  public void fill(ByteBuffer out, long offset, Data bits) throws IOException {
    long at = offset;
    while (out.hasRemaining()) {
      int before = out.position();
      if (at < tables[0]) {
        fillDirectory(out, (int) at);
      } else if (at < data[0]) {
        int bitmap = last(tables, at);
        fillTable(out, bitmap, (at - tables[bitmap]) / Geometry.TABLE_ENTRY_SIZE);
      } else {
        int bitmap = last(data, at);
        fillData(out, bitmap, at - data[bitmap], bits);
      }
      at += out.position() - before;
    }
  }

  /** The last part that starts at an offset or before it, and is not empty. */
  private static int last(long[] starts, long offset) {
    int found = Arrays.binarySearch(starts, offset + 1);
    return (found >= 0 ? found : -found - 1) - 1;
  }

  private void fillDirectory(ByteBuffer out, int at) {
    int count = Math.clamp(directory.capacity() - at, 0, out.remaining());
    if (count > 0) {
      out.put(out.position(), directory, at, count).position(out.position() + count);
    }
    for (long left = Math.min(out.remaining(), tables[0] - at - count); left > 0; left--) {
      out.put((byte) 0);
    }
  }

  private void fillTable(ByteBuffer out, int number, long first) {
    Bitmap bitmap = bitmaps.get(number);
    long end = (tables[number + 1] - tables[number]) / Geometry.TABLE_ENTRY_SIZE;
    for (long i = first; i < end && out.hasRemaining(); i++) {
      if (bitmap.data().contains(i)) {
        out.putLong(from + data[number] + (bitmap.data().rank(i) << clusterBits));
      } else {
        out.putLong(bitmap.ones().contains(i) ? BitmapTableEntry.ALL_ONES : 0);
      }
    }
  }

  private void fillData(ByteBuffer out, int number, long at, Data bits) throws IOException {
    long inCluster = at & ((1L << clusterBits) - 1);
    int count = (int) Math.min(out.remaining(), (1L << clusterBits) - inCluster);
    long part = bitmaps.get(number).data().select(at >> clusterBits);
    ByteBuffer slice = out.slice(out.position(), count);
    bits.read(number, slice, (part << clusterBits) + inCluster);
    out.position(out.position() + count);
  }
}
