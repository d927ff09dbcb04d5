package io.github.qcow2tostdout.image;

import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.format.L2Entry;
import io.github.qcow2tostdout.format.Limits;
import io.github.qcow2tostdout.format.SnapshotField;
import io.github.qcow2tostdout.format.TableEntry;
import java.io.IOException;
import java.util.Objects;

/**
 * Where the bytes of a disk are, the image's own or one of a snapshot: any range of it, in runs as
 * long as they come. Tables are read when they are asked for, and of those that were read 1 MiB is
 * held. What is wrong with an entry is said where it is met ({@link GuestRun.Corrupt}), and nowhere
 * else; whether two entries claim the same cluster only a check can tell.
 *
 * <p>For one thread: others take a map of their own.
 */
public final class GuestMap {
  /** The most bytes of a table that are read at once. */
  public static final int PART_SIZE = TableCache.PART;

  private final L2Part.L1 l1;
  private static final int L1_ENTRIES_AT_ONCE = 8192;

  private final BoundedFile file;
  private final int clusterBits;
  private final GuestStretch stretch;

  private GuestMap(OpenedImage image, L2Part.L1 l1, int most) {
    this.l1 = l1;
    file = image.file();
    clusterBits = image.geometry().clusterBits();
    stretch = new GuestStretch(image.file(), L2Format.of(image.header()), l1, most);
  }

  /** The map of the image's disk. */
  public static GuestMap of(OpenedImage image) {
    return of(image, PART_SIZE);
  }

  /**
   * The same, for many at once.
   *
   * @param most bytes of tables that are read at once, a power of two from 512 to {@link
   *     #PART_SIZE}; 16 times as much is held
   */
  public static GuestMap of(OpenedImage image, int most) {
    return new GuestMap(
        image,
        new L2Part.L1(
            "L1 table",
            image.get(HeaderField.L1_TABLE_OFFSET),
            image.get(HeaderField.L1_SIZE),
            image.diskSize()),
        most);
  }

  /**
   * The map of the disk as it was when a snapshot was taken.
   *
   * @throws ImageException if the snapshot's L1 table is none that QEMU would read, or if no disk
   *     has its size
   */
  public static GuestMap of(OpenedImage image, Snapshot snapshot) throws ImageException {
    String name = "L1 table of the snapshot at byte " + snapshot.offset();
    long offset = snapshot.get(SnapshotField.L1_TABLE_OFFSET);
    long entries = snapshot.get(SnapshotField.L1_SIZE);
    long size = snapshot.diskSize().orElse(image.diskSize());
    if (size < 0) {
      throw refused(image, name, "the disk has " + Long.toUnsignedString(size) + " bytes");
    }
    if (entries > Limits.MAX_L1_BYTES / Long.BYTES) {
      throw refused(image, name, entries + " entries are too many");
    }
    if (offset < 0
        || offset > OpenRules.MAX_FILE - entries * Long.BYTES
        || (offset & (image.clusterSize() - 1)) != 0) {
      throw refused(image, name, "no table can be at byte " + Long.toUnsignedString(offset));
    }
    return new GuestMap(
        image, new L2Part.L1(name, offset, entries, size & -Limits.SECTOR_SIZE), PART_SIZE);
  }

  private static ImageException refused(OpenedImage image, String name, String fact) {
    return new ImageException.Corrupt(
        image.file().name(), name + ": " + fact, "the snapshot is lost; the disk may be whole");
  }

  /**
   * Bytes of the L2 tables that are gone through for all of the disk; one that several entries lead
   * to is gone through as often.
   *
   * @param enough where it need not be known how many more there are
   */
  public long tableBytes(long enough) throws IOException {
    long tables = 0;
    EntryReader reader = new EntryReader(file, L1_ENTRIES_AT_ONCE);
    for (long at = 0;
        at < l1.entries() && tables <= enough >> clusterBits;
        at += reader.capacity()) {
      int count = (int) Math.min(reader.capacity(), l1.entries() - at);
      reader.read(l1.offset() + at * Long.BYTES, count, l1.name());
      for (int i = 0; i < count; i++) {
        tables += TableEntry.hostOffset(reader.entries()[i]) == 0 ? 0 : 1;
      }
    }
    return tables << clusterBits;
  }

  /** Bytes of the disk. */
  public long size() {
    return l1.diskSize();
  }

  /**
   * The run that starts at an offset, as long as it goes on in the same way: stored bytes follow
   * each other in the file too.
   *
   * @param start in bytes, below {@code end}
   * @param end where it ends at the latest, at most {@link #size}
   * @throws IOException if a table can't be read
   */
  public GuestRun run(long start, long end) throws IOException {
    Objects.checkFromToIndex(start, end, size());
    if (start == end) {
      throw new IllegalArgumentException("no byte of the disk at " + start);
    }
    stretch.look(start);
    long firstEnd = Math.min(stretch.to(), end);
    return switch (stretch.kind()) {
      case UNALLOCATED -> new GuestRun.Unallocated(start, goesOn(end) - start);
      case ZERO -> new GuestRun.Zero(start, goesOn(end) - start);
      case STORED -> {
        long hostOffset = start + stretch.shift();
        yield new GuestRun.Stored(start, goesOn(end) - start, hostOffset);
      }
      case COMPRESSED ->
          new GuestRun.Compressed(
              start,
              firstEnd - start,
              L2Entry.compressedOffset(stretch.descriptor(), clusterBits),
              L2Entry.compressedLength(stretch.descriptor(), clusterBits),
              (int) (start & ((1L << clusterBits) - 1)));
      case CORRUPT -> new GuestRun.Corrupt(start, firstEnd - start, stretch.fact());
    };
  }

  /** Goes on from the present stretch as long as the next is of its kind, and has its shift. */
  private long goesOn(long end) throws IOException {
    GuestStretch.Kind kind = stretch.kind();
    long shift = stretch.shift();
    long at = stretch.to();
    while (at < end) {
      stretch.look(at);
      if (stretch.kind() != kind
          || (kind == GuestStretch.Kind.STORED && stretch.shift() != shift)) {
        return at;
      }
      at = stretch.to();
    }
    return end;
  }
}
