package io.github.qcow2tostdout.cli.option;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** How much is said on standard error. */
public enum Verbosity {
  QUIET,
  NORMAL,
  VERBOSE;

  private static final String QUIETLY = "--quiet";
  private static final String VERBOSELY = "--verbose";

  /** Adds both options. */
  public static void addTo(CommandSpec spec) {
    spec.addOption(quiet("Nothing on standard error but errors."))
        .addOption(
            OptionSpecs.flag(HelpGroup.MESSAGES, VERBOSELY)
                .description(
                    "Say on standard error what is done, and where an internal error came from.")
                .build());
  }

  /** The option of commands that have nothing else to say. */
  public static OptionSpec trace() {
    return OptionSpecs.flag(HelpGroup.MESSAGES, VERBOSELY)
        .description("Show where an internal error came from.")
        .build();
  }

  /** Whether arguments, which may be wrong, ask for that. */
  public static boolean isVerbose(String... arguments) {
    return List.of(arguments).contains(VERBOSELY);
  }

  /** The option to say less. */
  public static OptionSpec quiet(String description) {
    return OptionSpecs.flag(HelpGroup.MESSAGES, "-q", QUIETLY).description(description).build();
  }

  /** An error: an option that asks for more, beside the one that asks for less. */
  static IllegalArgumentException contradiction(String option) {
    return new IllegalArgumentException(
        QUIETLY + " and " + option + " contradict each other; say one of them");
  }

  /** Whether as little as possible is to be said. */
  public static boolean isQuiet(ParseResult result) {
    return result.hasMatchedOption(QUIETLY);
  }

  /**
   * Reads both.
   *
   * @throws IllegalArgumentException with a message for the user, if they contradict each other
   */
  public static Verbosity of(ParseResult result) {
    boolean verbose = result.hasMatchedOption(VERBOSELY);
    if (isQuiet(result) && verbose) {
      throw contradiction(VERBOSELY);
    }
    return isQuiet(result) ? QUIET : verbose ? VERBOSE : NORMAL;
  }
}
