package io.github.qcow2tostdout.check;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Collects findings: all are counted, and the first of each kind are kept. */
public final class Findings {
  /** How many of a kind are kept. */
  public static final int MAX_KEPT = 100;

  private static final class Tally {
    private long count;
    private final List<Finding> kept = new ArrayList<>();
  }

  private final Map<FindingKind, Tally> tallies = new EnumMap<>(FindingKind.class);

  /** Adds one. */
  void add(Finding finding) {
    add(finding.kind(), 1, () -> finding);
  }

  /**
   * Adds some that are alike.
   *
   * @param times how many
   * @param finding makes what is kept of them, if there is room
   */
  void add(FindingKind kind, long times, Supplier<Finding> finding) {
    if (times > 0) {
      Tally tally = tallies.computeIfAbsent(kind, absent -> new Tally());
      tally.count += times;
      if (tally.kept.size() < MAX_KEPT) {
        tally.kept.add(finding.get());
      }
    }
  }

  /** How many there are of a kind. */
  public long count(FindingKind kind) {
    Tally tally = tallies.get(kind);
    return tally == null ? 0 : tally.count;
  }

  /** How many there are that count as this. */
  public long count(Verdict verdict) {
    long count = 0;
    for (Map.Entry<FindingKind, Tally> entry : tallies.entrySet()) {
      count += entry.getKey().verdict() == verdict ? entry.getValue().count : 0;
    }
    return count;
  }

  /** Those that were kept, in the order of the catalogue. */
  public List<Finding> kept() {
    List<Finding> all = new ArrayList<>();
    for (Tally tally : tallies.values()) {
      all.addAll(tally.kept);
    }
    return all;
  }

  /** The kinds of which there are more than were kept. */
  public List<FindingKind> cut() {
    List<FindingKind> cut = new ArrayList<>();
    for (Map.Entry<FindingKind, Tally> entry : tallies.entrySet()) {
      if (entry.getValue().count > entry.getValue().kept.size()) {
        cut.add(entry.getKey());
      }
    }
    return cut;
  }
}
