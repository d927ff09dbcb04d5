package io.github.qcow2tostdout.image;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads tables of 8-byte entries, many at a time, into one array that is used again. */
public final class EntryReader {
  /** The most entries of one read. */
  public static final int MAX_ENTRIES = (1 << 20) / Long.BYTES;

  /** As many are there room for whatever the file is, so that no file makes reads many. */
  private static final int SMALL = (1 << 16) / Long.BYTES;

  /** Is given what was read of tables. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * Some entries.
     *
     * @param entries from index 0 on
     * @param at where the first is in the file
     * @param weight how many tables lie there
     */
    void entries(long[] entries, int count, long at, long weight) throws IOException;
  }

  private final BoundedFile file;
  private final ByteBuffer buffer;
  private final long[] entries;

  /** Reads no more at once than an array of so many entries holds. */
  public EntryReader(BoundedFile file, int maxEntries) {
    this(file, 0, maxEntries);
  }

  /**
   * The same.
   *
   * @param leastEntries how many it holds even if the file has fewer
   */
  public EntryReader(BoundedFile file, int leastEntries, int mostEntries) {
    this.file = file;
    // To clear what a small file has no use for takes longer than all else that is done with it.
    int least = Math.min(Math.max(SMALL, leastEntries), mostEntries);
    int maxEntries = Math.clamp(file.size() / Long.BYTES, least, mostEntries);
    // What is read into heap buffers is copied once more by the JDK.
    buffer = ByteBuffer.allocateDirect(maxEntries * Long.BYTES);
    entries = new long[maxEntries];
  }

  /** The array that {@link #read} fills. */
  public long[] entries() {
    return entries;
  }

  /** The most entries that one read gives. */
  public int capacity() {
    return entries.length;
  }

  /**
   * Reads entries to the front of {@link #entries}; zeroes behind the end of the file.
   *
   * @param what the structure, for the error
   */
  public void read(long offset, int count, String what) throws IOException {
    ByteBuffer part = buffer.slice(0, count * Long.BYTES);
    file.readPadded(offset, part, what);
    part.asLongBuffer().get(entries, 0, count);
  }

  /**
   * Reads tables that may overlap: each byte is read once, however many tables lie there, and holes
   * are left out.
   *
   * @param end where the last entry has to start before
   * @param what the tables, for errors
   */
  public void forEach(WeightedRanges tables, long end, String what, Visitor visitor)
      throws IOException {
    tables.forEach((from, to, weight) -> {
      for (long at = from; at < Math.min(to, end); at += (long) capacity() * Long.BYTES) {
        int count = (int) Math.min(capacity(), (to - at) / Long.BYTES);
        if (!file.isHole(at, (long) count * Long.BYTES)) {
          read(at, count, what);
          visitor.entries(entries, count, at, weight);
        }
      }
    });
  }
}
