package io.github.qcow2tostdout.cli.output;

import io.github.qcow2tostdout.cli.option.OptionSpecs;
import io.github.qcow2tostdout.cli.terminal.SideTarget;
import io.github.qcow2tostdout.codec.DigestAlgorithm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.ParseResult;

/**
 * A digest that is asked for.
 *
 * @param algorithm of the digest
 * @param target where it goes; empty for where all else goes that is said
 */
public record DigestRequest(DigestAlgorithm algorithm, Optional<SideTarget> target) {
  /** How options show their value. */
  public static final String LABEL = "ALG[=FILE|fd:N]";

  /**
   * Reads {@code ALG}, {@code ALG=FILE} or {@code ALG=fd:N}.
   *
   * @param option that it is the value of, for messages
   * @throws IllegalArgumentException with a message for the user, if it is none of them
   */
  public static DigestRequest parse(String value, String option) {
    String spelling = option + " " + value;
    int equals = value.indexOf('=');
    String word = equals < 0 ? value : value.substring(0, equals);
    Optional<DigestAlgorithm> algorithm = DigestAlgorithm.ofWord(word);
    if (algorithm.isEmpty()) {
      throw OptionSpecs.refused(spelling, DigestAlgorithm.words());
    }
    return new DigestRequest(
        algorithm.get(),
        equals < 0
            ? Optional.empty()
            : Optional.of(SideTarget.parse(value.substring(equals + 1), spelling)));
  }

  /** All that an option asks for, in the user's order. */
  public static List<DigestRequest> of(ParseResult result, String option) {
    // Streams and lambdas would cost the start more than all the rest of this.
    Map<String, DigestRequest> requests = new LinkedHashMap<>();
    for (String value : OptionSpecs.values(result, option)) {
      requests.put(value, parse(value, option));
    }
    return List.copyOf(requests.values());
  }
}
