package io.github.qcow2tostdout.cli.option;

import java.util.List;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** How progress is shown. */
public enum ProgressStyle {
  NONE,
  BAR,
  JSON;

  private static final String OPTION = "--progress";
  private static final String UNSAID = "bar";
  private static final List<String> STYLES = List.of(UNSAID, "json");

  /** The option. */
  public static OptionSpec option() {
    return OptionSpecs.optional(HelpGroup.MESSAGES, OPTION, UNSAID, "-p")
        .paramLabel("json")
        .completionCandidates(STYLES)
        .description(
            "Show progress on standard error.",
            "A bar, if that is a terminal; --progress=json writes JSON, an object a line, wherever"
                + " it goes.")
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
    if (Verbosity.isQuiet(result)) {
      throw Verbosity.contradiction(OPTION);
    }
    String style = OptionSpecs.single(result, OPTION, UNSAID);
    return switch (style) {
      case UNSAID -> BAR;
      case "json" -> JSON;
      default -> throw OptionSpecs.refused(OPTION + "=" + style, style, STYLES);
    };
  }
}
