package io.github.qcow2tostdout.cli.option;

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
            OptionSpecs.flag(VERBOSELY).description("Say on standard error what is done.").build());
  }

  /** The option to say less. */
  public static OptionSpec quiet(String description) {
    return OptionSpecs.flag("-q", QUIETLY).description(description).build();
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
      throw new IllegalArgumentException(
          QUIETLY + " and " + VERBOSELY + " contradict each other; say one of them");
    }
    return isQuiet(result) ? QUIET : verbose ? VERBOSE : NORMAL;
  }
}
