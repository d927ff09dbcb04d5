package io.github.qcow2tostdout.check;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What was found: all are counted, and the first of each kind are there. */
public final class FindingList {
  /** How many of a kind are kept. */
  static final int MAX_KEPT = 100;

  /**
   * Those of one kind.
   *
   * @param count how many
   * @param kept the first of them
   */
  record Tally(long count, List<Finding> kept) {
    Tally {
      kept = List.copyOf(kept);
    }

    private Tally and(Tally more) {
      List<Finding> both = new ArrayList<>(kept);
      both.addAll(more.kept);
      return new Tally(count + more.count, both.subList(0, Math.min(MAX_KEPT, both.size())));
    }
  }

  /** In the order of the catalogue. */
  private final Map<FindingKind, Tally> tallies;

  FindingList(Map<FindingKind, Tally> tallies) {
    this.tallies = new EnumMap<>(FindingKind.class);
    this.tallies.putAll(tallies);
  }

  /** These, and more that were found later. */
  FindingList and(FindingList more) {
    FindingList both = new FindingList(tallies);
    for (Map.Entry<FindingKind, Tally> entry : more.tallies.entrySet()) {
      Tally here = tallies.get(entry.getKey());
      both.tallies.put(
          entry.getKey(), here == null ? entry.getValue() : here.and(entry.getValue()));
    }
    return both;
  }

  /** These without those of a kind. */
  FindingList without(FindingKind kind) {
    FindingList others = new FindingList(tallies);
    others.tallies.remove(kind);
    return others;
  }

  /** How many there are of a kind. */
  public long count(FindingKind kind) {
    Tally tally = tallies.get(kind);
    return tally == null ? 0 : tally.count();
  }

  /** How many there are that count as this. */
  public long count(Verdict verdict) {
    long count = 0;
    for (Map.Entry<FindingKind, Tally> entry : tallies.entrySet()) {
      count += entry.getKey().verdict() == verdict ? entry.getValue().count() : 0;
    }
    return count;
  }

  /** Those that were kept, in the order of the catalogue. */
  public List<Finding> kept() {
    List<Finding> all = new ArrayList<>();
    for (Tally tally : tallies.values()) {
      all.addAll(tally.kept());
    }
    return all;
  }

  /** The kinds of which there are more than were kept. */
  public List<FindingKind> cut() {
    List<FindingKind> cut = new ArrayList<>();
    for (Map.Entry<FindingKind, Tally> entry : tallies.entrySet()) {
      if (entry.getValue().count() > entry.getValue().kept().size()) {
        cut.add(entry.getKey());
      }
    }
    return cut;
  }
}
