package io.github.qcow2tostdout.check;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Collects what is found while a check goes on. */
final class Findings {
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
      if (tally.kept.size() < FindingList.MAX_KEPT) {
        tally.kept.add(finding.get());
      }
    }
  }

  /** What was found up to now. */
  FindingList list() {
    Map<FindingKind, FindingList.Tally> found = new EnumMap<>(FindingKind.class);
    for (Map.Entry<FindingKind, Tally> entry : tallies.entrySet()) {
      Tally tally = entry.getValue();
      found.put(entry.getKey(), new FindingList.Tally(tally.count, tally.kept));
    }
    return new FindingList(found);
  }
}
