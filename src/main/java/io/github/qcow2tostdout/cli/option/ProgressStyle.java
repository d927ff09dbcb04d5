package io.github.qcow2tostdout.cli.option;

import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** How progress is shown. */
public enum ProgressStyle {
  NONE,
  BAR,
  JSON;

  private static final String OPTION = "--progress";
  private static final String UNSAID = "bar";

  /** The option. */
  public static OptionSpec option() {
    return OptionSpecs.optional(OPTION, UNSAID, "-p")
        .paramLabel("json")
        .description(
            "Show progress on standard error if that is a terminal; --progress=json writes"
                + " JSON, an object a line, wherever it goes.")
        .build();
  }

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException with a message for the user, if it is wrong
   */
  public static ProgressStyle of(ParseResult result) {
    if (!result.hasMatchedOption(OPTION)) {
      return NONE;
    }
    String style = OptionSpecs.single(result, OPTION, UNSAID);
    return switch (style) {
      case UNSAID -> BAR;
      case "json" -> JSON;
      default ->
          throw new IllegalArgumentException(
              OPTION + "=" + style + ": not allowed; allowed: bar, json");
    };
  }
}
