package io.github.qcow2tostdout.source.qcow2;

import io.github.qcow2tostdout.image.GuestMap;
import io.github.qcow2tostdout.image.GuestRun;
import io.github.qcow2tostdout.source.DataExtents;
import java.io.IOException;
import java.util.Optional;

/**
 * Where the disk of an image has data: by its tables, and where these say nothing by its backing
 * file. What is corrupt counts as data, so that whoever reads it gets the error.
 */
final class Qcow2Extents implements DataExtents {
  private final GuestMap map;
  private final Optional<DataExtents> backing;
  private final StoredHoles holes;
  private final ClaimBudget budget;
  private final Optional<LossyReader> lossy;

  /** Up to where the disk has been looked at. */
  private long position;

  /** The next part that has data; empty at the end. */
  private long partFrom;

  private long partTo;

  private long from;
  private long to;

  /** The extent of the backing file that was reached. */
  private long backingFrom;

  private long backingTo;

  /**
   * Nothing is looked at but the first part.
   *
   * @param lossy whom it is told what is lost; that is then no data
   */
  Qcow2Extents(
      GuestMap map,
      Optional<DataExtents> backing,
      StoredHoles holes,
      ClaimBudget budget,
      Optional<LossyReader> lossy)
      throws IOException {
    this.map = map;
    this.backing = backing;
    this.holes = holes;
    this.budget = budget;
    this.lossy = lossy;
    advance();
  }

  @Override
  public boolean next() throws IOException {
    if (partFrom == partTo) {
      return false;
    }
    from = partFrom;
    do {
      to = partTo;
      advance();
    } while (partFrom == to && partFrom < partTo);
    return true;
  }

  /** Goes to the next part that has data. */
  private void advance() throws IOException {
    partFrom = 0;
    partTo = 0;
    while (partFrom == partTo && position < map.size()) {
      GuestRun run =
          lossy.isPresent()
              ? lossy.get().run(map, position, map.size())
              : map.run(position, map.size());
      switch (run) {
        case GuestRun.Zero zero -> position = zero.end();
        case GuestRun.Unallocated nothing -> below(nothing.end());
        case GuestRun.Stored stored -> stored(stored);
        case GuestRun.Compressed compressed -> {
          budget.take(compressed);
          part(position, compressed.end());
        }
        case GuestRun.Corrupt corrupt -> corrupt(corrupt);
      }
    }
  }

  private void part(long start, long end) {
    partFrom = start;
    partTo = end;
    position = end;
  }

  private void below(long end) throws IOException {
    while (backing.isPresent() && backingTo <= position) {
      if (!backing.get().next()) {
        backingFrom = Long.MAX_VALUE;
        backingTo = Long.MAX_VALUE;
        break;
      }
      backingFrom = backing.get().from();
      backingTo = backing.get().to();
    }
    long start = Math.max(position, backingFrom);
    if (backing.isPresent() && start < end) {
      part(start, Math.min(end, backingTo));
    } else {
      position = end;
    }
  }

  private void corrupt(GuestRun.Corrupt run) throws IOException {
    if (lossy.isPresent()) {
      lossy.get().lose(run);
      position = run.end();
    } else {
      part(position, run.end());
    }
  }

  private void stored(GuestRun.Stored run) throws IOException {
    long hole = holes.lengthOfHole(run.hostOffset(), run.length());
    if (hole > 0) {
      position += hole;
    } else {
      long length = holes.lengthOfData(run.hostOffset(), run.length());
      budget.take(new GuestRun.Stored(position, length, run.hostOffset()));
      part(position, position + length);
    }
  }

  @Override
  public long from() {
    return from;
  }

  @Override
  public long to() {
    return to;
  }
}
