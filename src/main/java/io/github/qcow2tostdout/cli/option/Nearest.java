package io.github.qcow2tostdout.cli.option;

import java.util.Collection;
import java.util.Optional;

/** What somebody may have meant who has mistyped a word. */
public final class Nearest {
  /** A beginning of fewer letters could be that of anything. */
  private static final int SHORTEST_BEGINNING = 3;

  private Nearest() {}

  /** The word that is nearest, if one is near. */
  public static Optional<String> of(String word, Collection<String> words) {
    String typed = letters(word);
    Optional<String> nearest = Optional.empty();
    // A third of the letters may be wrong; of a few, none, for there is another word near to all.
    int least = typed.length() / 3 + 1;
    for (String candidate : words) {
      String meant = letters(candidate);
      int distance =
          typed.length() >= SHORTEST_BEGINNING && meant.startsWith(typed)
              ? 1
              : distance(typed, meant);
      if (distance < least && distance < meant.length()) {
        least = distance;
        nearest = Optional.of(candidate);
      }
    }
    return nearest;
  }

  /** The same as the end of a message, or nothing. */
  public static String question(String word, Collection<String> words) {
    return of(word, words).map(near -> "; did you mean " + near + "?").orElse("");
  }

  /** Without what all options begin with; capitals are no mistake. */
  private static String letters(String word) {
    int dashes = 0;
    while (dashes < word.length() && word.charAt(dashes) == '-') {
      dashes++;
    }
    // Of what is longer than any word of ours the end does not matter.
    int end = Math.min(word.length(), dashes + 64);
    StringBuilder letters = new StringBuilder();
    for (int i = dashes; i < end; i++) {
      char c = Character.toLowerCase(word.charAt(i));
      letters.append(c == '_' ? '-' : c);
    }
    return letters.toString();
  }

  /** How many letters are to be changed, left out, put in or swapped with the next. */
  private static int distance(String from, String to) {
    int[][] steps = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      for (int k = 0; k <= to.length(); k++) {
        steps[i][k] = i == 0 || k == 0 ? i + k : step(steps, from, to, i, k);
      }
    }
    return steps[from.length()][to.length()];
  }

  private static int step(int[][] steps, String from, String to, int i, int k) {
    boolean same = from.charAt(i - 1) == to.charAt(k - 1);
    int least = Math.min(steps[i - 1][k], steps[i][k - 1]) + 1;
    least = Math.min(least, steps[i - 1][k - 1] + (same ? 0 : 1));
    boolean swapped =
        i > 1
            && k > 1
            && from.charAt(i - 1) == to.charAt(k - 2)
            && from.charAt(i - 2) == to.charAt(k - 1);
    return swapped ? Math.min(least, steps[i - 2][k - 2] + 1) : least;
  }
}
