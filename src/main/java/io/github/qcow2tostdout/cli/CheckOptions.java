package io.github.qcow2tostdout.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * What {@code check} is told.
 *
 * @param image where the image is; {@code -} is standard input
 * @param json whether the report is JSON
 * @param metadata whether the report says where the metadata lies
 * @param deep whether compressed clusters are decoded
 * @param strict whether findings count that are in no verdict of qemu-img's
 * @param untrusted whether the image is a stranger's
 * @param follow whether the data file that the image names may be opened
 * @param progress how progress is shown: {@code bar}, {@code json} or empty
 * @param quiet whether a report is wanted only if there is something wrong
 */
record CheckOptions(
    Path image,
    boolean json,
    boolean metadata,
    boolean deep,
    boolean strict,
    boolean untrusted,
    boolean follow,
    String progress,
    boolean quiet) {
  static final String NAME = "check";

  private static final String OUTPUT = "--output";
  private static final String DEEP = "--deep";
  private static final String STRICT = "--strict";
  private static final String UNTRUSTED = "--untrusted";
  private static final String FOLLOW = "--follow";
  private static final String METADATA = "--metadata";

  /** Whether the image comes through standard input; {@code ./-} is a file. */
  boolean isStandardInput() {
    return image.toString().equals(StandardInput.ARGUMENT);
  }

  /** The command. */
  static CommandSpec spec() {
    CommandSpec check = CommandSpec.create().name(NAME).version(Version.text());
    check.parser().overwrittenOptionsAllowed(true);
    check
        .addOption(
            Options.flag("-h", "--help").usageHelp(true).description("Show this help.").build())
        .addOption(
            Options.flag("-V", "--version")
                .versionHelp(true)
                .description("Show the version.")
                .build())
        .addOption(
            OptionSpec.builder(OUTPUT)
                .paramLabel("FORMAT")
                .type(String.class)
                .description("'human' (default) or 'json', with the keys of qemu-img check.")
                .build())
        .addOption(
            Options.flag(DEEP)
                .description(
                    "Decode the compressed clusters of the disk and of its snapshots, deflate and"
                        + " zstd.")
                .build())
        .addOption(
            Options.flag(STRICT)
                .description(
                    "What qemu-img check does not look at counts too: exit 2 for any finding that"
                        + " is more than information.")
                .build())
        .addOption(
            Options.flag(UNTRUSTED)
                .description(
                    "Ask what a stranger's image might do to the host: backing file, data file,"
                        + " encryption, unknown features, snapshots, size. Exit 2 if it is"
                        + " dangerous.")
                .build())
        .addOption(
            Options.flag(FOLLOW)
                .description("Open the data file that the image names, to see whether it fits.")
                .build())
        .addOption(
            Options.flag("-M", METADATA)
                .description("With --output=json: where everything lies, under the key viscera.")
                .build())
        .addOption(Options.progress())
        .addOption(
            Options.flag("-q", Options.QUIET)
                .description("No text if nothing was found; the exit code says it all.")
                .build())
        .addPositional(
            PositionalParamSpec.builder()
                .paramLabel("IMAGE")
                .index("0")
                .arity("1")
                .type(String.class)
                .description(
                    "The qcow2 image, which is only read; may be damaged. '-' is one that comes"
                        + " through standard input, and is checked as it flows by.")
                .build());
    check
        .usageMessage()
        .optionListHeading("%nOptions:%n")
        .sortOptions(false)
        .width(100)
        .customSynopsis(Options.NAME + " check [OPTIONS] IMAGE")
        .description(
            "Checks a qcow2 image: the verdict and the figures of qemu-img check, and a list of"
                + " findings, each with what it means and what to do. Nothing is repaired, and no"
                + " file is opened but IMAGE, unless --follow says so.",
            "",
            "An image on standard input needs no temporary file if each table comes before what it"
                + " describes, as in all that this program writes; else it is refused (63). It is"
                + " always read to its end, so that a tee in front of it stores all of it. Use"
                + " --strict there: without it a last cluster that is cut short is exit 0, as"
                + " qemu-img has it.",
            "")
        .footerHeading("%nExamples:%n")
        .footer(
            "  qcow2-to-stdout check disk.qcow2",
            "  qcow2-to-stdout check --output=json disk.qcow2 | jq '.findings[].id'",
            "  ssh host cat disk.qcow2 | tee disk.qcow2 | qcow2-to-stdout check --strict -")
        .exitCodeListHeading("%nExit codes:%n")
        .exitCodeList(exitCodes());
    return check;
  }

  private static Map<String, String> exitCodes() {
    Map<String, String> codes = new LinkedHashMap<>();
    codes.put("  0", "no errors, as qemu-img counts them");
    codes.put("  1", "the image can't be opened, or the check could not be done to its end");
    codes.put("  2", "the image is corrupt");
    codes.put("  3", "clusters are leaked, and nothing is worse");
    codes.put(" 63", "it is not a qcow2 image, or a stream that can't be checked as it flows by");
    codes.put(" 64", "the arguments are wrong");
    codes.put("141", "the reader of standard output went away");
    return codes;
  }

  /**
   * Reads and checks the arguments.
   *
   * @throws ParameterException if they are wrong
   */
  static CheckOptions of(ParseResult result) {
    boolean metadata = result.hasMatchedOption(METADATA);
    if (metadata && !isJson(result)) {
      throw wrong(result, METADATA + " needs " + OUTPUT + "=json");
    }
    return new CheckOptions(
        ImageArgument.pathOrStandardInput(result),
        isJson(result),
        metadata,
        result.hasMatchedOption(DEEP),
        result.hasMatchedOption(STRICT),
        result.hasMatchedOption(UNTRUSTED),
        result.hasMatchedOption(FOLLOW),
        progress(result),
        result.hasMatchedOption(Options.QUIET));
  }

  private static boolean isJson(ParseResult result) {
    return switch (result.matchedOptionValue(OUTPUT, "human")) {
      case "human" -> false;
      case "json" -> true;
      case String other ->
          throw wrong(result, OUTPUT + " " + other + ": not allowed; allowed: human, json");
    };
  }

  private static String progress(ParseResult result) {
    try {
      return Arguments.progress(result);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(result.commandSpec().commandLine(), e.getMessage(), e);
    }
  }

  private static ParameterException wrong(ParseResult result, String message) {
    return new ParameterException(result.commandSpec().commandLine(), message);
  }
}
