package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.image.GuestMap;
import io.github.qcow2tostdout.image.GuestRun;
import io.github.qcow2tostdout.source.DataExtents;
import io.github.qcow2tostdout.source.Source;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** How the bytes of a disk are kept, in sums and along the disk. */
public final class DiskUse {
  /** How a byte is kept; those of no kind take no place. */
  public enum Kind {
    DATA("data"),
    COMPRESSED("compressed"),
    ZERO("zero"),
    /** Nobody can tell, because a table is wrong. */
    DAMAGED("damaged");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    /** For reports. */
    String word() {
      return word;
    }
  }

  /** The most cells of a strip. */
  public static final int MAX_CELLS = 400;

  private final long size;
  private final int cells;
  private final long cellSize;
  private final Map<Kind, Long> sums = new EnumMap<>(Kind.class);

  /** The disk in so many parts, for a strip of that many cells or fewer. */
  private final long[] filled = new long[MAX_CELLS];

  private final boolean[] damaged = new boolean[MAX_CELLS];

  /**
   * Of a disk of that many bytes nothing is known yet.
   *
   * @param cells of the strip, at most {@link #MAX_CELLS}
   */
  DiskUse(long size, int cells) {
    this.size = size;
    this.cells = cells;
    cellSize = Math.max(1, Math.ceilDiv(size, (long) cells));
  }

  /** That of an image's disk. Reads all of its tables. */
  public static DiskUse of(GuestMap map, int cells) throws IOException {
    DiskUse use = new DiskUse(map.size(), cells);
    for (long at = 0; at < map.size(); ) {
      GuestRun run = map.run(at, map.size());
      Optional<Kind> kind = kind(run);
      if (kind.isPresent()) {
        use.add(kind.get(), at, run.end());
      }
      at = run.end();
    }
    return use;
  }

  /** No switch over the types: the first takes 20 ms, a third of all. */
  private static Optional<Kind> kind(GuestRun run) {
    if (run instanceof GuestRun.Stored) {
      return Optional.of(Kind.DATA);
    }
    if (run instanceof GuestRun.Compressed) {
      return Optional.of(Kind.COMPRESSED);
    }
    if (run instanceof GuestRun.Zero) {
      return Optional.of(Kind.ZERO);
    }
    return run instanceof GuestRun.Corrupt ? Optional.of(Kind.DAMAGED) : Optional.empty();
  }

  /** That of a raw disk, by its holes. */
  public static DiskUse of(Source disk, int cells) throws IOException {
    DiskUse use = new DiskUse(disk.size(), cells);
    DataExtents extents = disk.exactDataExtents();
    while (extents.next()) {
      use.add(Kind.DATA, extents.from(), Math.min(extents.to(), disk.size()));
    }
    return use;
  }

  /** Adds a range of one kind. */
  void add(Kind kind, long from, long to) {
    sums.merge(kind, to - from, Long::sum);
    for (long at = from; at < to; ) {
      int cell = (int) (at / cellSize);
      long end = Math.min(to - at, cellSize - at % cellSize) + at;
      if (kind == Kind.DAMAGED) {
        damaged[cell] = true;
      } else if (kind != Kind.ZERO) {
        filled[cell] += end - at;
      }
      at = end;
    }
  }

  /** How many bytes are kept in that way. */
  long bytes(Kind kind) {
    return sums.getOrDefault(kind, 0L);
  }

  /** How many take no place. */
  long rest() {
    long rest = size;
    for (long sum : sums.values()) {
      rest -= sum;
    }
    return rest;
  }

  /**
   * The disk from its beginning to its end: a cell at least half full, one with something in it, an
   * empty one, and one that nobody can tell of.
   *
   * @param unicode whether its reader can show more than ASCII
   */
  String strip(boolean unicode) {
    StringBuilder strip = new StringBuilder();
    for (int cell = 0; cell < cells && cell * cellSize < size; cell++) {
      long length = Math.min(cellSize, size - cell * cellSize);
      if (damaged[cell]) {
        strip.append('!');
      } else if (filled[cell] == 0) {
        strip.append(unicode ? '·' : '.');
      } else if (filled[cell] < length - filled[cell]) {
        strip.append(unicode ? '▂' : '-');
      } else {
        strip.append(unicode ? '▇' : '#');
      }
    }
    return strip.toString();
  }
}
