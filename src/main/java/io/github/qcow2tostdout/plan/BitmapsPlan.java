package io.github.qcow2tostdout.plan;

import io.github.qcow2tostdout.format.BitmapField;
import io.github.qcow2tostdout.format.Geometry;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The dirty bitmaps that an image gets, in the order of its directory. In the image they lie one
 * behind the other: directory, all tables, all data, each from the start of a cluster on.
 *
 * @param bitmaps for the cluster size of the image
 */
public record BitmapsPlan(List<Bitmap> bitmaps) {
  /** No bitmaps. */
  public static final BitmapsPlan NONE = new BitmapsPlan(List.of());

  /**
   * A bitmap.
   *
   * @param name 1 to 1023 bytes, from index 0
   * @param granularityBits log2 of the bytes of disk that a bit stands for
   * @param auto whether it goes on recording when the image is in use
   * @param entries of its table
   * @param ones the entries whose part is all ones
   * @param data the entries whose part is in a cluster of its own; all others are all zeroes
   */
  public record Bitmap(
      ByteBuffer name,
      int granularityBits,
      boolean auto,
      long entries,
      IndexSet ones,
      IndexSet data) {
    /** Bytes of its entry in the directory. */
    int directorySize() {
      return (BitmapField.SIZE + name.capacity() + 7) & -8;
    }
  }

  public BitmapsPlan {
    bitmaps = List.copyOf(bitmaps);
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return bitmaps.isEmpty();
  }

  /** Bytes of the directory. */
  public long directorySize() {
    long size = 0;
    for (Bitmap bitmap : bitmaps) {
      size += bitmap.directorySize();
    }
    return size;
  }

  /** Clusters of all that belongs to them. */
  long clusters(Geometry geometry) {
    long clusters = Math.ceilDiv(directorySize(), geometry.clusterSize());
    for (Bitmap bitmap : bitmaps) {
      clusters += geometry.tableClusters(bitmap.entries()) + bitmap.data().count();
    }
    return clusters;
  }
}
