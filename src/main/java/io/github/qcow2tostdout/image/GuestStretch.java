package io.github.qcow2tostdout.image;

import io.github.qcow2tostdout.format.L2Entry;
import io.github.qcow2tostdout.format.Limits;
import io.github.qcow2tostdout.format.TableEntry;
import java.io.IOException;
import java.util.Optional;

/**
 * What the tables say of one place of a disk, and how far they say the same: at least to the end of
 * a cluster, or of a subcluster, and at most to the end of the part of a table that is read at
 * once.
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

  private static final long ALL_ALLOCATED = L2Entry.bitmap(-1, 0);
  private static final long ALL_ZERO = L2Entry.bitmap(0, -1);

  private final BoundedFile file;
  private final L2Format format;
  private final L2Problems problems;
  private final L2Part part;
  private final long diskSize;
  private final long clusterSize;
  private final long grainSize;
  private final long notPlain;

  private Kind kind = Kind.UNALLOCATED;
  private long from;
  private long to;
  private long shift;
  private long descriptor;
  private String fact = "";

  GuestStretch(BoundedFile file, L2Format format, L2Part.L1 l1, int most) {
    this.file = file;
    this.format = format;
    part = new L2Part(file, format, l1, most);
    diskSize = l1.diskSize();
    problems = new L2Problems(format);
    clusterSize = 1L << format.clusterBits();
    grainSize = format.extended() ? clusterSize / L2Entry.SUBCLUSTERS : clusterSize;
    notPlain = L2Entry.COMPRESSED | L2Entry.ZERO | L2Entry.RESERVED | (clusterSize - 1);
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
    switch (part.maps(at) ? L2Part.Found.PART : part.open(at)) {
      case NOTHING -> found(Kind.UNALLOCATED, at, part.end());
      case CORRUPT -> corrupt(at, part.end(), part.fact());
      case PART -> {
        if (format.extended()) {
          extendedEntries(at);
        } else {
          standardEntries(at);
        }
      }
    }
  }

  private void found(Kind what, long start, long end) {
    kind = what;
    from = start;
    to = Math.min(end, diskSize);
  }

  private void corrupt(long start, long end, String why) {
    fact = why;
    found(Kind.CORRUPT, start, end);
  }

  /** Entries of the same kind are taken as one stretch: this decides how long a walk takes. */
  private void standardEntries(long at) {
    int index = part.index(at);
    long[] words = part.words();
    long entry = words[index];
    int next = index + 1;
    if (entry == 0 || (entry == L2Entry.ZERO && format.version() > 2)) {
      while (next < words.length && words[next] == entry) {
        next++;
      }
      found(entry == 0 ? Kind.UNALLOCATED : Kind.ZERO, at, part.guestOffset(next));
    } else if (isPlain(entry, index)) {
      long expected = entry + clusterSize;
      while (next < words.length && words[next] == expected && (expected & notPlain) == 0) {
        next++;
        expected += clusterSize;
      }
      stored(
          at,
          part.guestOffset(next),
          TableEntry.hostOffset(entry) - part.guestOffset(index),
          index);
    } else {
      entry(at, index, entry, 0);
    }
  }

  /** Whether an entry has a cluster of data, and nothing else is to be said of it. */
  private boolean isPlain(long entry, int index) {
    long host = TableEntry.hostOffset(entry);
    return (entry & notPlain) == 0
        && host != 0
        && (!format.dataFile() || host == part.guestOffset(index));
  }

  private void extendedEntries(long at) {
    long[] words = part.words();
    int index = part.index(at);
    long entry = words[2 * index];
    long bitmap = words[2 * index + 1];
    boolean hasCluster = isPlain(entry, index);
    boolean alike = bitmap == 0 || bitmap == ALL_ZERO || (bitmap == ALL_ALLOCATED && hasCluster);
    if (!alike || !(hasCluster || entry == 0)) {
      entry(at, index, entry, bitmap);
      return;
    }
    long step = hasCluster ? clusterSize : 0;
    long expected = entry + step;
    int next = index + 1;
    while (2 * next < words.length
        && words[2 * next] == expected
        && words[2 * next + 1] == bitmap
        && (expected & notPlain) == 0) {
      next++;
      expected += step;
    }
    long end = part.guestOffset(next);
    if (bitmap == ALL_ALLOCATED) {
      stored(at, end, TableEntry.hostOffset(entry) - part.guestOffset(index), index);
    } else {
      found(bitmap == 0 ? Kind.UNALLOCATED : Kind.ZERO, at, end);
    }
  }

  private void entry(long at, int index, long entry, long bitmap) {
    long start = part.guestOffset(index);
    long end = part.guestOffset(index + 1);
    Optional<String> problem = problems.find(entry, bitmap, start);
    if (problem.isPresent()) {
      corrupt(at, end, part.said(index, problem.get()));
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
    long last = Math.min(end, diskSize);
    shift = there;
    if (!format.dataFile() && last + there > file.size()) {
      long whole = Math.max(0, file.size() - there) & -grainSize;
      if (whole <= at) {
        corrupt(at, (at & -grainSize) + grainSize, part.said(index, beyondEnd("the data")));
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
      corrupt(at, end, part.said(index, beyondEnd("the compressed data")));
    } else {
      descriptor = entry;
      found(Kind.COMPRESSED, at, end);
    }
  }

  private String beyondEnd(String what) {
    return what + " goes beyond the end of the file at byte " + file.size();
  }
}
