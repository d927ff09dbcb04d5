package io.github.qcow2tostdout.image;

import io.github.qcow2tostdout.format.BitmapField;
import io.github.qcow2tostdout.format.BitmapTableEntry;
import io.github.qcow2tostdout.format.TableEntry;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The bits of a bitmap of an image, read as they are asked for; for one thread. */
public final class StoredBitmap {
  /** Entries of the table that are read at once. */
  private static final int ENTRIES = 512;

  private static final byte ONES = (byte) 0xff;

  private final OpenedImage image;
  private final BitmapEntry entry;
  private final long bits;
  private ByteBuffer table = ByteBuffer.allocate(0);
  private long firstEntry = -1;

  /** A bitmap that {@link OpenRules} has found to be sound, and that is not in use. */
  public StoredBitmap(OpenedImage image, BitmapEntry entry) {
    this.image = image;
    this.entry = entry;
    bits = Math.ceilDiv(image.diskSize(), 1L << granularityBits());
  }

  /** log2 of the bytes of disk that a bit stands for. */
  public int granularityBits() {
    return (int) entry.get(BitmapField.GRANULARITY_BITS);
  }

  /** How many bits there are. */
  public long bits() {
    return bits;
  }

  /**
   * Fills a buffer with bytes of the bitmap; bits behind the last are 0, whatever is stored there.
   */
  public void read(ByteBuffer to, long offset) throws IOException {
    int clusterSize = image.clusterSize();
    long bytes = Math.ceilDiv(bits, (long) Byte.SIZE);
    int at = 0;
    while (at < to.capacity() && offset + at < bytes) {
      long inCluster = (offset + at) % clusterSize;
      int count =
          (int)
              Math.min(Math.min(to.capacity() - at, clusterSize - inCluster), bytes - offset - at);
      read(to.slice(at, count), (offset + at) / clusterSize, inCluster);
      at += count;
    }
    int last = (int) (bits % Byte.SIZE);
    if (last != 0 && offset < bytes && offset + at == bytes) {
      to.put(at - 1, (byte) (to.get(at - 1) & (1 << last) - 1));
    }
    while (at < to.capacity()) {
      to.put(at, (byte) 0);
      at++;
    }
  }

  private void read(ByteBuffer to, long part, long inCluster) throws IOException {
    long cluster = tableEntry(part);
    switch (BitmapTableEntry.type(cluster)) {
      case ALL_ZEROES, INVALID -> fill(to, (byte) 0);
      case ALL_ONES -> fill(to, ONES);
      case SERIALIZED -> {
        long place = TableEntry.hostOffset(cluster) + inCluster;
        // What is missing is not zeroes: bits that are lost say that nothing has changed.
        image.file().require(place, to.capacity(), "data of bitmap " + entry.title());
        image.file().readPadded(place, to, "data of a bitmap");
      }
    }
  }

  private long tableEntry(long part) throws IOException {
    long first = part / ENTRIES * ENTRIES;
    if (first != firstEntry) {
      long count = Math.min(ENTRIES, entry.get(BitmapField.BITMAP_TABLE_SIZE) - first);
      table =
          image
              .file()
              .read(
                  entry.get(BitmapField.BITMAP_TABLE_OFFSET) + first * Long.BYTES,
                  (int) count * Long.BYTES,
                  "table of bitmap " + entry.title());
      firstEntry = first;
    }
    return table.getLong((int) (part - first) * Long.BYTES);
  }

  private static void fill(ByteBuffer to, byte value) {
    for (int i = 0; i < to.capacity(); i++) {
      to.put(i, value);
    }
  }
}
