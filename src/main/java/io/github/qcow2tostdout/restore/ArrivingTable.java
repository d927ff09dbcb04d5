package io.github.qcow2tostdout.restore;

import io.github.qcow2tostdout.format.Limits;
import java.io.IOException;
import java.util.Arrays;

/**
 * An L2 table whose data is to come, in the order of the stream. Where that is the order of the
 * disk, as it mostly is, nothing is held of it.
 */
final class ArrivingTable {
  private static final int SECTOR_BITS = Integer.numberOfTrailingZeros(Limits.SECTOR_SIZE);

  private final KeptTables tables;
  private final long l1Index;
  private final long offset;
  private final long from;
  private final int entries;
  private final int indexBits;

  /** The entries by where their data starts; empty if they are in that order. */
  private int[] order = {};

  private int at = -1;
  private int index;
  private long entry;
  private long bitmap;
  private long start;

  /**
   * A table that has come; only of its data is spoken that comes behind it.
   *
   * @param offset of the table
   */
  ArrivingTable(KeptTables tables, long l1Index, long offset) throws IOException {
    this.tables = tables;
    this.l1Index = l1Index;
    this.offset = offset;
    from = offset + (1L << tables.format().clusterBits());
    entries = tables.format().entries();
    indexBits = Integer.numberOfTrailingZeros(entries);
    sort();
    advance();
  }

  private void sort() throws IOException {
    long[] keys = new long[entries];
    int count = 0;
    boolean sorted = true;
    for (int i = 0; i < entries; i++) {
      load(i);
      if (start >= from) {
        keys[count] = start >>> SECTOR_BITS << indexBits | i;
        sorted &= count == 0 || keys[count - 1] < keys[count];
        count++;
      }
    }
    if (!sorted) {
      Arrays.sort(keys, 0, count);
      order = new int[count];
      for (int i = 0; i < count; i++) {
        order[i] = (int) (keys[i] & (entries - 1));
      }
    }
  }

  private void load(int i) throws IOException {
    index = i;
    entry = tables.entry(offset, i);
    bitmap = entry == 0 ? 0 : tables.bitmap(offset, i);
    start = tables.dataOffset(entry, bitmap, tables.guestOffset(l1Index, i));
  }

  /** Bytes of memory that it takes. */
  long memory() {
    return (long) order.length * Integer.BYTES;
  }

  /** Goes to the next data; {@link #start} is negative if there is none. */
  void advance() throws IOException {
    boolean inOrder = order.length == 0;
    int count = inOrder ? entries : order.length;
    start = -1;
    while (start < from && at < count - 1) {
      at++;
      load(inOrder ? at : order[at]);
    }
    if (start < from) {
      start = -1;
    }
  }

  /** Where the data starts in the stream. */
  long start() {
    return start;
  }

  /** Where it starts on the disk. */
  long guestOffset() {
    return tables.guestOffset(l1Index, index);
  }

  /** The entry. */
  long entry() {
    return entry;
  }

  /** Its bitmap of subclusters. */
  long bitmap() {
    return bitmap;
  }
}
