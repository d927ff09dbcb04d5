package io.github.qcow2tostdout.report;

import java.util.ArrayList;
import java.util.List;

/** What could not be read. All are counted, the first are kept. */
public final class Problems {
  /** How many are kept. */
  static final int KEPT = 1000;

  private final List<Problem> kept = new ArrayList<>();
  private long count;

  /**
   * Something could not be read.
   *
   * @param structure what it belongs to
   * @param offset in the file; may be negative, being unsigned
   * @param text what is wrong
   */
  public record Problem(String structure, long offset, String text) {
    /** It as a sentence. */
    public String message() {
      return structure + " at byte " + Long.toUnsignedString(offset) + ": " + text;
    }
  }

  void add(Problem problem) {
    count++;
    if (kept.size() < KEPT) {
      kept.add(problem);
    }
  }

  /** How many there are. */
  public long count() {
    return count;
  }

  /** The first of them. */
  public List<Problem> first() {
    return List.copyOf(kept);
  }
}
