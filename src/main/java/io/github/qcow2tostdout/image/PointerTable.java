package io.github.qcow2tostdout.image;

import io.github.qcow2tostdout.format.BitmapTableEntry;
import io.github.qcow2tostdout.format.TableEntry;

/**
 * A table whose entries lead to other structures of an image.
 *
 * @param number of the snapshot or of the bitmap that it belongs to; 0 if there is one only
 * @param offset in the file; may be negative, being unsigned
 * @param entries that it is said to have
 */
public record PointerTable(Kind kind, int number, long offset, long entries) {
  /** What its entries lead to. */
  public enum Kind {
    /** Refcount blocks. */
    REFCOUNT_TABLE,
    /** L2 tables of the disk. */
    L1_TABLE,
    /** L2 tables of a snapshot. */
    SNAPSHOT_L1_TABLE,
    /** Clusters of a bitmap. */
    BITMAP_TABLE
  }

  /** Bytes that it is said to have. */
  public long size() {
    return entries * TableReader.ENTRY_SIZE;
  }

  /** Where an entry leads to; 0 if it leads nowhere, may be negative. */
  public long target(long entry) {
    return switch (kind) {
      case REFCOUNT_TABLE -> TableEntry.refcountBlockOffset(entry);
      case L1_TABLE, SNAPSHOT_L1_TABLE -> TableEntry.hostOffset(entry);
      case BITMAP_TABLE ->
          BitmapTableEntry.type(entry) == BitmapTableEntry.Type.SERIALIZED
              ? TableEntry.hostOffset(entry)
              : 0;
    };
  }
}
