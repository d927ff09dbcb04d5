package io.github.qcow2tostdout.image;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Ranges that may overlap, cut into pieces that do not, each with the number of ranges over it: so
 * that 65536 snapshots whose L1 tables lie on each other are read once.
 */
public final class WeightedRanges {
  /** Is given the pieces, ascending. */
  @FunctionalInterface
  public interface Visitor {
    /** One piece. */
    void piece(long from, long to, long weight) throws IOException;
  }

  private final TreeMap<Long, Long> changes = new TreeMap<>();

  /** Adds a range; one that is empty changes nothing. */
  public void add(long from, long to) {
    if (from < to) {
      changes.merge(from, 1L, Long::sum);
      changes.merge(to, -1L, Long::sum);
    }
  }

  /** Visits the pieces with at least one range over them. */
  public void forEach(Visitor visitor) throws IOException {
    long weight = 0;
    long from = 0;
    for (Map.Entry<Long, Long> change : changes.entrySet()) {
      if (weight > 0 && from < change.getKey()) {
        visitor.piece(from, change.getKey(), weight);
      }
      from = change.getKey();
      weight += change.getValue();
    }
  }
}
