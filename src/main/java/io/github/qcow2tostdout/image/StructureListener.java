package io.github.qcow2tostdout.image;

import java.io.IOException;

/** Is told by a {@link StructureWalk} what it comes to. */
public interface StructureListener {
  /**
   * How a table is to be read.
   *
   * @param name of the table, for errors
   * @param entries how many, from the first on
   * @param zeroes whether entries that are 0 matter; else those in holes are not read
   */
  record Reading(String name, long entries, boolean zeroes) {}

  /** A snapshot, before its L1 table. */
  default void snapshot(int number, Snapshot snapshot) throws IOException {}

  /** A bitmap, before its table. */
  default void bitmap(int number, BitmapEntry bitmap) throws IOException {}

  /**
   * A table that is to be read. Whether that can be right, and is not too much, is the listener's
   * to say: one shows damaged images, another those that QEMU opens.
   *
   * @param there how many of its entries are in the file
   */
  Reading table(PointerTable table, long there) throws IOException;

  /** An entry of the table. */
  void entry(PointerTable table, long index, long entry) throws IOException;

  /** The end of the table. */
  default void endTable(PointerTable table) throws IOException {}

  /** The end of a snapshot. */
  default void endSnapshot() throws IOException {}

  /** The end of a bitmap. */
  default void endBitmap() throws IOException {}
}
