package io.github.qcow2tostdout.image;

import io.github.qcow2tostdout.format.TableEntry;
import java.io.IOException;
import java.util.Optional;

/**
 * The part of an L2 table that maps one place of a disk, of those that one L1 table leads to; as
 * much of it as is read at once.
 */
final class L2Part {
  /**
   * An L1 table.
   *
   * @param name for messages
   * @param diskSize bytes of the disk that it maps
   */
  record L1(String name, long offset, long entries, long diskSize) {}

  /** What the L1 table says of a place. */
  enum Found {
    PART,
    /** Nothing, up to {@link #end}. */
    NOTHING,
    /** Something wrong, up to {@link #end}: {@link #fact}. */
    CORRUPT
  }

  private final BoundedFile file;
  private final L1 l1;
  private final L2Format format;
  private final TableCache cache;

  /** log2 of the bytes of disk that an L2 table maps. */
  private final int reachBits;

  private long[] words = {};
  private long offset;
  private long from;
  private long to;
  private long end;
  private String fact = "";

  /**
   * None yet.
   *
   * @param most bytes that are read at once, a power of two
   */
  L2Part(BoundedFile file, L2Format format, L1 l1, int most) {
    this.file = file;
    this.format = format;
    this.l1 = l1;
    cache = new TableCache(file, Math.min(1 << format.clusterBits(), most));
    reachBits = format.clusterBits() + Integer.numberOfTrailingZeros(format.entries());
  }

  /** Whether it maps a place of the disk. */
  boolean maps(long at) {
    return at >= from && at < to;
  }

  /** Its 8-byte words. */
  long[] words() {
    return words;
  }

  /** Which of its entries maps a place. */
  int index(long at) {
    return (int) ((at - from) >>> format.clusterBits());
  }

  /** What an entry maps starts there on the disk. */
  long guestOffset(int index) {
    return from + ((long) index << format.clusterBits());
  }

  /** Up to where the L1 table says the same. */
  long end() {
    return end;
  }

  /** What is wrong with what the L1 table says. */
  String fact() {
    return fact;
  }

  /** Says what is wrong with an entry, and where that is. */
  String said(int index, String problem) {
    int word = index * (format.entrySize() / Long.BYTES);
    return said("L2 table", words[word], offset + (long) word * Long.BYTES, problem);
  }

  private static String said(String table, long entry, long place, String problem) {
    return table
        + ": entry "
        + String.format("%016x", entry)
        + " at byte "
        + place
        + ": "
        + problem;
  }

  /** Goes to the part that maps a place, if there is one; else {@link #maps} nothing. */
  Found open(long at) throws IOException {
    // What the cache holds may go with the next read.
    to = from;
    long index = at >>> reachBits;
    if (index >= l1.entries()) {
      end = l1.diskSize();
      return Found.NOTHING;
    }
    end = (index + 1) << reachBits;
    long place = l1.offset() + index * Long.BYTES;
    if (!file.holds(place, Long.BYTES)) {
      fact = l1.name() + ": entry " + index + " lies behind the end of the file";
      return Found.CORRUPT;
    }
    int inPart = (int) (index * Long.BYTES % cache.partSize());
    long entry = cache.read(place - inPart, l1.name())[inPart / Long.BYTES];
    if (entry == 0) {
      return Found.NOTHING;
    }
    Optional<String> problem = problem(entry);
    if (problem.isPresent()) {
      fact = said(l1.name(), entry, place, problem.get());
      return Found.CORRUPT;
    }
    long inTable = (at >>> format.clusterBits() & (format.entries() - 1)) * format.entrySize();
    long start = inTable & -cache.partSize();
    offset = TableEntry.hostOffset(entry) + start;
    words = cache.read(offset, "L2 table");
    from = (index << reachBits) + ((start / format.entrySize()) << format.clusterBits());
    to = from + (((long) cache.partSize() / format.entrySize()) << format.clusterBits());
    return Found.PART;
  }

  private Optional<String> problem(long l1Entry) {
    long table = TableEntry.hostOffset(l1Entry);
    long clusterSize = 1L << format.clusterBits();
    if ((l1Entry & TableEntry.L1_RESERVED) != 0) {
      return Optional.of("reserved bits are set");
    }
    if (table == 0 || (table & (clusterSize - 1)) != 0) {
      return Optional.of("no L2 table can be there");
    }
    return file.holds(table, clusterSize)
        ? Optional.empty()
        : Optional.of("the L2 table goes beyond the end of the file at byte " + file.size());
  }
}
