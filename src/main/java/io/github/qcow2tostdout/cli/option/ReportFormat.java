package io.github.qcow2tostdout.cli.option;

import java.util.List;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** How a report is written: for people, or as JSON. */
public final class ReportFormat {
  public static final String OUTPUT = "--output";

  private static final String JSON = "-j";
  private static final List<String> FORMATS = List.of("human", "json");

  private ReportFormat() {}

  /** The short form of {@code --output=json}. */
  public static OptionSpec json() {
    return OptionSpecs.flag(JSON).description("The same as --output=json.").build();
  }

  /** The option, which says what it takes. */
  public static OptionSpec output(String... description) {
    return OptionSpecs.repeatable(OUTPUT)
        .paramLabel("FORMAT")
        .completionCandidates(FORMATS)
        .description(description)
        .build();
  }

  /**
   * Whether a report is to be JSON, said by {@code -j} or by {@code --output}.
   *
   * @throws IllegalArgumentException with a message for the user, if they contradict each other
   */
  public static boolean isJsonReport(ParseResult result) {
    boolean flag = result.hasMatchedOption(JSON);
    String output = OptionSpecs.single(result, OUTPUT, "");
    if (output.isEmpty()) {
      return flag;
    }
    boolean json = isJson(output, "human");
    if (flag && !json) {
      throw new IllegalArgumentException(
          JSON + " and --output human contradict each other; say one of them");
    }
    return json;
  }

  /** Whether a report is to be JSON, by the option; it may be said again. */
  public static boolean isJson(ParseResult result, String otherwise) {
    return isJson(OptionSpecs.single(result, OUTPUT, otherwise), otherwise);
  }

  /**
   * Whether a report is to be JSON.
   *
   * @param output what is asked for
   * @param otherwise what would be if nothing were
   */
  public static boolean isJson(String output, String otherwise) {
    return switch (output) {
      case "human" -> false;
      case "json" -> true;
      default ->
          throw OptionSpecs.refused(
              OUTPUT + " " + output,
              output,
              otherwise.equals("json") ? FORMATS.reversed() : FORMATS);
    };
  }
}
