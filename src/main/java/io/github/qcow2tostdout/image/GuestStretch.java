package io.github.qcow2tostdout.image;

import io.github.qcow2tostdout.format.L2Entry;
import io.github.qcow2tostdout.format.Limits;
import io.github.qcow2tostdout.format.TableEntry;
import java.io.IOException;
import java.util.Optional;

/**
 * What the tables say of one place of a disk, and how far they say the same: at least to the end of
 * a cluster, or of a subcluster, and at most to the end of the part of a table that is read at once.
 */
final class GuestStretch {
  /** What is there. */
  enum Kind {
    UNALLOCATED,
    ZERO,
    STORED,
    COMPRESSED,
    CORRUPT
  }

  /**
   * An L1 table.
   *
   * @param name for messages
   * @param diskSize bytes of the disk that it maps
   */
  record L1(String name, long offset, long entries, long diskSize) {}

  private static final long ALL_ALLOCATED = L2Entry.bitmap(-1, 0);
  private static final long ALL_ZERO = L2Entry.bitmap(0, -1);

  private final BoundedFile file;
  private final L1 l1;
  private final L2Format format;
  private final L2Problems problems;
  private final TableCache cache;
  private final long clusterSize;
  private final long grainSize;
  private final long notPlain;

  /** log2 of the bytes of disk that an L2 table maps. */
  private final int reachBits;

  /** The part of an L2 table that was looked at last, where it is, and what it maps. */
  private long[] words = {};

  private long partOffset;
  private long partFrom;
  private long partTo;

  private Kind kind = Kind.UNALLOCATED;
  private long from;
  private long to;
  private long shift;
  private long descriptor;
  private String fact = "";

  GuestStretch(BoundedFile file, L2Format format, L1 l1) {
    this.file = file;
    this.l1 = l1;
    this.format = format;
    problems = new L2Problems(format);
    clusterSize = 1L << format.clusterBits();
    cache = new TableCache(file, (int) Math.min(clusterSize, TableCache.PART));
    grainSize = format.extended() ? clusterSize / L2Entry.SUBCLUSTERS : clusterSize;
    notPlain = L2Entry.COMPRESSED | L2Entry.ZERO | L2Entry.RESERVED | (clusterSize - 1);
    reachBits = format.clusterBits() + Integer.numberOfTrailingZeros(format.entries());
  }

  /** What is there. */
  Kind kind() {
    return kind;
  }

  /** The byte of the disk behind it. */
  long to() {
    return to;
  }

  /** What is to be added to the guest offset of stored bytes for their host offset. */
  long shift() {
    return shift;
  }

  /** The entry of a compressed cluster. */
  long descriptor() {
    return descriptor;
  }

  /** What is wrong with what is corrupt. */
  String fact() {
    return fact;
  }

  /** Finds the stretch in which an offset is, from there on or from before. */
  void look(long at) throws IOException {
    if (at >= from && at < to) {
      return;
    }
    // Nothing is known if a table can't be read.
    to = from;
    if ((at >= partFrom && at < partTo) || openPart(at)) {
      if (format.extended()) {
        extendedEntries(at);
      } else {
        standardEntries(at);
      }
    }
  }

  private void found(Kind what, long start, long end) {
    kind = what;
    from = start;
    to = Math.min(end, l1.diskSize());
  }

  private void corrupt(long start, long end, String why) {
    fact = why;
    found(Kind.CORRUPT, start, end);
  }

  /** Goes to the part of an L2 table that maps an offset; false if there is none to look into. */
  private boolean openPart(long at) throws IOException {
    // What the cache holds may go with the next read.
    partTo = partFrom;
    long index = at >>> reachBits;
    if (index >= l1.entries()) {
      found(Kind.UNALLOCATED, at, l1.diskSize());
      return false;
    }
    long end = (index + 1) << reachBits;
    long place = l1.offset() + index * Long.BYTES;
    if (!file.holds(place, Long.BYTES)) {
      corrupt(at, end, l1.name() + ": entry " + index + " lies behind the end of the file");
      return false;
    }
    int inPart = (int) (index * Long.BYTES % cache.partSize());
    long entry = cache.read(place - inPart, l1.name())[inPart / Long.BYTES];
    if (entry == 0) {
      found(Kind.UNALLOCATED, at, end);
      return false;
    }
    Optional<String> problem = tableProblem(entry);
    if (problem.isPresent()) {
      corrupt(at, end, said(l1.name(), entry, place, problem.get()));
      return false;
    }
    long inTable = (at >>> format.clusterBits() & (format.entries() - 1)) * format.entrySize();
    long start = inTable & -cache.partSize();
    words = cache.read(TableEntry.hostOffset(entry) + start, "L2 table");
    partOffset = TableEntry.hostOffset(entry) + start;
    partFrom = (index << reachBits) + (start / format.entrySize() << format.clusterBits());
    partTo = partFrom + ((long) cache.partSize() / format.entrySize() << format.clusterBits());
    return true;
  }

  private Optional<String> tableProblem(long l1Entry) {
    long table = TableEntry.hostOffset(l1Entry);
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

  /** Entries of the same kind are taken as one stretch: this decides how long a walk takes. */
  private void standardEntries(long at) {
    int index = (int) ((at - partFrom) >>> format.clusterBits());
    long entry = words[index];
    int next = index + 1;
    if (entry == 0 || (entry == L2Entry.ZERO && format.version() > 2)) {
      while (next < words.length && words[next] == entry) {
        next++;
      }
      found(entry == 0 ? Kind.UNALLOCATED : Kind.ZERO, at, guestOffset(next));
    } else if (isPlain(entry, index)) {
      long expected = entry + clusterSize;
      while (next < words.length && words[next] == expected && (expected & notPlain) == 0) {
        next++;
        expected += clusterSize;
      }
      stored(at, guestOffset(next), TableEntry.hostOffset(entry) - guestOffset(index), index);
    } else {
      entry(at, index, entry, 0);
    }
  }

  /** Whether an entry has a cluster of data, and nothing else is to be said of it. */
  private boolean isPlain(long entry, int index) {
    long host = TableEntry.hostOffset(entry);
    return (entry & notPlain) == 0
        && host != 0
        && (!format.dataFile() || host == guestOffset(index));
  }

  private void extendedEntries(long at) {
    int index = (int) ((at - partFrom) >>> format.clusterBits());
    long entry = words[2 * index];
    long bitmap = words[2 * index + 1];
    boolean unmapped = entry == 0 && (bitmap == 0 || bitmap == ALL_ZERO);
    if (!unmapped && !(isPlain(entry, index) && bitmap == ALL_ALLOCATED)) {
      entry(at, index, entry, bitmap);
      return;
    }
    long step = unmapped ? 0 : clusterSize;
    long expected = entry + step;
    int next = index + 1;
    while (2 * next < words.length
        && words[2 * next] == expected
        && words[2 * next + 1] == bitmap
        && (expected & notPlain) == 0) {
      next++;
      expected += step;
    }
    if (unmapped) {
      found(bitmap == 0 ? Kind.UNALLOCATED : Kind.ZERO, at, guestOffset(next));
    } else {
      stored(at, guestOffset(next), TableEntry.hostOffset(entry) - guestOffset(index), index);
    }
  }

  private void entry(long at, int index, long entry, long bitmap) {
    long start = guestOffset(index);
    long end = guestOffset(index + 1);
    Optional<String> problem = problems.find(entry, bitmap, start);
    if (problem.isPresent()) {
      corrupt(at, end, said(index, problem.get()));
      return;
    }
    switch (format.kind(entry)) {
      case COMPRESSED -> compressed(at, end, entry, index);
      case ZERO, ZERO_ALLOCATED -> found(Kind.ZERO, at, end);
      case NORMAL -> {
        long there = TableEntry.hostOffset(entry) - start;
        if (format.extended()) {
          subclusters(at, start, bitmap, there, index);
        } else {
          stored(at, end, there, index);
        }
      }
      case UNALLOCATED -> {
        if (format.extended()) {
          subclusters(at, start, bitmap, 0, index);
        } else {
          found(Kind.UNALLOCATED, at, end);
        }
      }
    }
  }

  private void subclusters(long at, long start, long bitmap, long there, int index) {
    int first = (int) ((at - start) / grainSize);
    int allocated = L2Entry.allocatedSubclusters(bitmap) >>> first;
    int zero = L2Entry.zeroSubclusters(bitmap) >>> first;
    boolean isAllocated = (allocated & 1) == 1;
    boolean isZero = (zero & 1) == 1;
    int others = isAllocated ? ~allocated : isZero ? ~zero : allocated | zero;
    int next = Math.min(L2Entry.SUBCLUSTERS, first + Integer.numberOfTrailingZeros(others));
    long end = start + next * grainSize;
    if (isAllocated) {
      stored(at, end, there, index);
    } else {
      found(isZero ? Kind.ZERO : Kind.UNALLOCATED, at, end);
    }
  }

  /** Stored bytes, as far as the file has them; the rest of a cluster that it cuts is corrupt. */
  private void stored(long at, long end, long there, int index) {
    long last = Math.min(end, l1.diskSize());
    shift = there;
    if (!format.dataFile() && last + there > file.size()) {
      long whole = Math.max(0, file.size() - there) & -grainSize;
      if (whole <= at) {
        corrupt(at, (at & -grainSize) + grainSize, said(index, beyondEnd("the data")));
        return;
      }
      last = whole;
    }
    found(Kind.STORED, at, last);
  }

  private void compressed(long at, long end, long entry, int index) {
    long offset = L2Entry.compressedOffset(entry, format.clusterBits());
    // Data may end before its last sector does, and the file with it.
    long least = L2Entry.compressedLength(entry, format.clusterBits()) - Limits.SECTOR_SIZE + 1;
    if (!file.holds(offset, Math.max(1, least))) {
      corrupt(at, end, said(index, beyondEnd("the compressed data")));
    } else {
      descriptor = entry;
      found(Kind.COMPRESSED, at, end);
    }
  }

  private long guestOffset(int index) {
    return partFrom + ((long) index << format.clusterBits());
  }

  private String beyondEnd(String what) {
    return what + " goes beyond the end of the file at byte " + file.size();
  }

  private String said(int index, String problem) {
    int word = index * (format.entrySize() / Long.BYTES);
    return said("L2 table", words[word], partOffset + (long) word * Long.BYTES, problem);
  }

  private static String said(String table, long entry, long place, String problem) {
    return table + ": entry " + String.format("%016x", entry) + " at byte " + place + ": " + problem;
  }
}
