package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.image.L2Format;
import java.io.IOException;
import java.util.Optional;

/**
 * Puts L2 entries together that follow each other, as their clusters do: one line says them all.
 */
final class L2Rows {
  /** Takes a run of entries. */
  @FunctionalInterface
  interface Output {
    /** So many entries, of which the first is given. */
    void rows(L2Row first, long count) throws IOException;
  }

  private final Output output;
  private Optional<L2Row> first = Optional.empty();
  private long count;

  /** What the next entry must be. */
  private long nextIndex;

  private long nextEntry;
  private long step;

  L2Rows(Output output) {
    this.output = output;
  }

  /** Adds an entry. */
  void add(L2Row row) throws IOException {
    if (first.isPresent() && goesOn(first.get(), row)) {
      count++;
    } else {
      end();
      first = Optional.of(row);
      count = 1;
      step = step(row);
    }
    nextIndex = row.index() + 1;
    nextEntry = row.entry() + step;
  }

  private boolean goesOn(L2Row start, L2Row row) {
    return row.index() == nextIndex
        && row.entry() == nextEntry
        && row.bitmap() == start.bitmap()
        && row.kind() == start.kind()
        && row.validity() == start.validity()
        && row.kind() != L2Format.Kind.COMPRESSED;
  }

  private static long step(L2Row row) {
    return switch (row.kind()) {
      case NORMAL, ZERO_ALLOCATED -> 1L << row.format().clusterBits();
      case UNALLOCATED, ZERO, COMPRESSED -> 0;
    };
  }

  /** Gives what there is to the output; what comes next starts a line. */
  void end() throws IOException {
    if (first.isPresent()) {
      L2Row row = first.get();
      first = Optional.empty();
      output.rows(row, count);
    }
  }
}
