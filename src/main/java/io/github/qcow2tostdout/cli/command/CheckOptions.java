package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.check.OpenStackPolicy;
import io.github.qcow2tostdout.cli.input.HeldImage;
import io.github.qcow2tostdout.cli.input.ImageArgument;
import io.github.qcow2tostdout.cli.option.OptionSpecs;
import io.github.qcow2tostdout.cli.option.ProgressStyle;
import io.github.qcow2tostdout.cli.option.ReportFormat;
import io.github.qcow2tostdout.cli.option.Verbosity;
import io.github.qcow2tostdout.cli.terminal.ExitCode;
import io.github.qcow2tostdout.cli.terminal.StandardInput;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
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
 * @param policy whether the verdict of OpenStack's services is wanted too
 * @param follow whether the data file that the image names may be opened
 * @param forceShare whether it is read also while QEMU may write to it
 * @param progress how progress is shown
 * @param quiet whether a report is wanted only if there is something wrong
 */
public record CheckOptions(
    Path image,
    boolean json,
    boolean metadata,
    boolean deep,
    boolean strict,
    boolean untrusted,
    boolean policy,
    boolean follow,
    boolean forceShare,
    ProgressStyle progress,
    boolean quiet) {
  public static final String NAME = "check";

  private static final String DEEP = "--deep";
  private static final String STRICT = "--strict";
  private static final String UNTRUSTED = "--untrusted";
  private static final String POLICY = "--policy";
  private static final String FOLLOW = "--follow";
  private static final String METADATA = "--metadata";

  /** Whether the image comes through standard input; {@code ./-} is a file. */
  boolean isStandardInput() {
    return image.toString().equals(StandardInput.ARGUMENT);
  }

  /** Whether arguments, which may be wrong, are those of who wants an image of standard input. */
  public static boolean wantStandardInput(String... args) {
    return args.length > 0
        && (args[0].equals(NAME)
            || args[0].equals(RestoreOptions.NAME)
            || args[0].equals(DehydrateOptions.NAME))
        && List.of(args).contains(StandardInput.ARGUMENT);
  }

  /** The command. */
  public static CommandSpec spec() {
    CommandSpec check = Subcommand.spec(NAME, "IMAGE");
    check
        .addOption(
            ReportFormat.output(
                "'human' (default) or 'json'.", "JSON has the keys of qemu-img check."))
        .addOption(ReportFormat.json())
        .addOption(
            OptionSpecs.flag(DEEP)
                .description(
                    "Decode the compressed clusters, deflate and zstd.",
                    "Those of the disk and of its snapshots.")
                .build())
        .addOption(
            OptionSpecs.flag(STRICT)
                .description(
                    "What qemu-img check does not look at counts too.",
                    "Exit 2 for any finding that is more than information.")
                .build())
        .addOption(
            OptionSpecs.flag(UNTRUSTED)
                .description(
                    "Ask what a stranger's image might do to the host.",
                    "Backing file, data file, encryption, unknown features, snapshots, size. Exit"
                        + " 2 if it is dangerous.")
                .build())
        .addOption(
            OptionSpecs.repeatable(POLICY)
                .paramLabel("NAME")
                .description(
                    "With --untrusted: whether others would take the image. 'openstack' is the"
                        + " verdict of the format inspector of oslo.utils, with its reasons. Exit 2"
                        + " if it refuses the image.")
                .build())
        .addOption(
            OptionSpecs.flag(FOLLOW)
                .description(
                    "Open the data file that the image names.",
                    "To see whether it fits, and if it is to be raw whether it holds zeroes where"
                        + " the image does.")
                .build())
        .addOption(
            OptionSpecs.flag("-M", METADATA)
                .description(
                    "With --output=json: where everything lies.", "It is under the key viscera.")
                .build())
        .addOption(HeldImage.option())
        .addOption(ProgressStyle.option())
        .addOption(Verbosity.quiet("No text if nothing was found."))
        .addOption(Verbosity.trace())
        .addPositional(
            ImageArgument.spec(
                "The qcow2 image, which is only read; may be damaged. '-' is one that comes"
                    + " through standard input, and is checked as it flows by."));
    check
        .usageMessage()
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
        .footer(
            "  qcow2-to-stdout check disk.qcow2",
            "  qcow2-to-stdout check --output=json disk.qcow2 | jq '.findings[].id'",
            "  ssh host cat disk.qcow2 | tee disk.qcow2 | qcow2-to-stdout check --strict -")
        .exitCodeList(
            ExitCode.help(
                "no errors, as qemu-img counts them",
                "the image can't be opened, or the check could not be done to its end",
                "  2",
                "the image is corrupt",
                "  3",
                "clusters are leaked, and nothing is worse",
                " 63",
                "it is not a qcow2 image, or a stream that can't be checked as it flows by"));
    return check;
  }

  /**
   * Reads and checks the arguments.
   *
   * @throws ParameterException if they are wrong
   */
  public static CheckOptions of(ParseResult result) {
    try {
      boolean metadata = result.hasMatchedOption(METADATA);
      boolean json = ReportFormat.isJsonReport(result);
      if (metadata && !json) {
        throw new IllegalArgumentException(METADATA + " needs " + ReportFormat.OUTPUT + "=json");
      }
      return new CheckOptions(
          ImageArgument.pathOrStandardInput(result),
          json,
          metadata,
          result.hasMatchedOption(DEEP),
          result.hasMatchedOption(STRICT),
          result.hasMatchedOption(UNTRUSTED),
          wantsPolicy(result),
          result.hasMatchedOption(FOLLOW),
          result.hasMatchedOption(HeldImage.FORCE_SHARE),
          ProgressStyle.of(result),
          Verbosity.isQuiet(result));
    } catch (IllegalArgumentException e) {
      throw OptionSpecs.wrong(result, e);
    }
  }

  private static boolean wantsPolicy(ParseResult result) {
    String policy = OptionSpecs.single(result, POLICY, "");
    if (!result.hasMatchedOption(POLICY)) {
      return false;
    }
    if (!policy.equals(OpenStackPolicy.NAME)) {
      throw new IllegalArgumentException(
          POLICY + " " + policy + ": not allowed; allowed: " + OpenStackPolicy.NAME);
    }
    if (!result.hasMatchedOption(UNTRUSTED)) {
      throw new IllegalArgumentException(POLICY + " needs " + UNTRUSTED);
    }
    if (ImageArgument.pathOrStandardInput(result).toString().equals(StandardInput.ARGUMENT)) {
      throw new IllegalArgumentException(
          POLICY
              + " needs a file: of what comes through standard input not all is kept that it"
              + " looks at");
    }
    return true;
  }
}
