package io.github.qcow2tostdout.image;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads tables of 8-byte entries (L1 tables, L2 tables, the refcount table, bitmap tables) a part
 * at a time, and only as far as the file goes: what a table claims beyond it costs nothing. To read
 * another table while one is read takes another reader.
 */
public final class TableReader {
  /** Bytes of an entry. */
  public static final int ENTRY_SIZE = Long.BYTES;

  /** Bytes of an extended L2 entry. */
  public static final int EXTENDED_ENTRY_SIZE = 2 * Long.BYTES;

  private static final int PART = 64 << 10;

  private final BoundedFile file;
  private final ByteBuffer part = ByteBuffer.allocate(PART);

  /** Takes the entries. */
  public interface Visitor {
    /**
     * One entry.
     *
     * @param index in the table
     * @param offset of the entry in the file
     * @param entry as it is
     * @param bitmap the second 8 bytes of an extended L2 entry; otherwise 0
     */
    void entry(long index, long offset, long entry, long bitmap) throws IOException;
  }

  public TableReader(BoundedFile file) {
    this.file = file;
  }

  /** How many of a table's entries the file has, the last perhaps in part. */
  public static long entriesInFile(BoundedFile file, long offset, long entries, int entrySize) {
    return offset < 0 || offset >= file.size()
        ? 0
        : Math.min(entries, Math.ceilDiv(file.size() - offset, (long) entrySize));
  }

  /** As {@link #forEach}, but for entries that are zero. */
  public void forEachInUse(String what, long offset, long entries, int entrySize, Visitor visitor)
      throws IOException {
    long there = entriesInFile(file, offset, entries, entrySize);
    int step = PART / entrySize;
    for (long first = 0; first < there; first += step) {
      long start = offset + first * entrySize;
      long count = Math.min(step, there - first);
      if (!file.isHole(start, count * entrySize)) {
        long index = first;
        forEach(
            what,
            start,
            count,
            entrySize,
            (at, place, entry, bitmap) -> {
              if (entry != 0 || bitmap != 0) {
                visitor.entry(index + at, place, entry, bitmap);
              }
            });
      }
    }
  }

  /**
   * Gives all entries of a table that the file has to a visitor.
   *
   * @param what the table, for errors
   * @param offset of the table in the file; any number
   * @param entries of the table; any number
   * @param entrySize {@link #ENTRY_SIZE} or {@link #EXTENDED_ENTRY_SIZE}
   * @return how many the file has; fewer than {@code entries} if it ends in the table
   */
  public long forEach(String what, long offset, long entries, int entrySize, Visitor visitor)
      throws IOException {
    long there = entriesInFile(file, offset, entries, entrySize);
    long index = 0;
    while (index < there) {
      int count = (int) Math.min(PART / entrySize, there - index);
      long start = offset + index * entrySize;
      ByteBuffer bytes = part.slice(0, count * entrySize);
      file.readPadded(start, bytes, what);
      for (int at = 0; at < bytes.capacity(); at += entrySize) {
        visitor.entry(
            index,
            start + at,
            bytes.getLong(at),
            entrySize == EXTENDED_ENTRY_SIZE ? bytes.getLong(at + Long.BYTES) : 0);
        index++;
      }
    }
    return there;
  }
}
