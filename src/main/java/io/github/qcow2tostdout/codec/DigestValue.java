package io.github.qcow2tostdout.codec;

import java.util.Locale;

/**
 * What a digest came to, or is to come to.
 *
 * @param algorithm that it is of
 * @param hex its lower case hexadecimal digits
 */
public record DigestValue(DigestAlgorithm algorithm, String hex) {
  /**
   * Reads {@code ALG:HEX}, as registries of containers write it.
   *
   * @throws IllegalArgumentException with a message for the user, if it is none
   */
  public static DigestValue parse(String text) {
    int colon = text.indexOf(':');
    String word = colon < 0 ? text : text.substring(0, colon);
    DigestAlgorithm algorithm =
        DigestAlgorithm.ofWord(word)
            .orElseThrow(() ->
                new IllegalArgumentException(
                    text + ": not ALG:HEX, where ALG is one of " + DigestAlgorithm.words()));
    String hex = text.substring(Math.min(text.length(), word.length() + 1));
    String lower = hex.toLowerCase(Locale.ROOT);
    if (lower.length() != algorithm.digits() || !isHexadecimal(lower)) {
      throw new IllegalArgumentException(
          text + ": " + word + " has " + algorithm.digits() + " hexadecimal digits");
    }
    return new DigestValue(algorithm, lower);
  }

  private static boolean isHexadecimal(String text) {
    return text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  }

  /**
   * The line that sha256sum prints, with its end.
   *
   * @param name of what it is of; {@code -} for standard output
   */
  public String line(String name) {
    String shown = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
    return (shown.equals(name) ? "" : "\\") + hex + "  " + shown + "\n";
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return algorithm.word() + ":" + hex;
  }
}
