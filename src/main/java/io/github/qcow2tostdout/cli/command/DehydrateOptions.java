package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.cli.input.HeldImage;
import io.github.qcow2tostdout.cli.input.ImageArgument;
import io.github.qcow2tostdout.cli.option.OptionSpecs;
import io.github.qcow2tostdout.cli.option.ProgressStyle;
import io.github.qcow2tostdout.cli.option.Verbosity;
import io.github.qcow2tostdout.cli.terminal.ExitCode;
import io.github.qcow2tostdout.cli.terminal.StandardInput;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * What {@code dehydrate} is told.
 *
 * @param image where the image is
 * @param blankNames whether names are replaced
 * @param keepShared whether what is both metadata and data is kept
 * @param forceShare whether it is read also while QEMU may write to it
 * @param progress how progress is shown
 * @param verbosity how much is said
 */
public record DehydrateOptions(
    Path image,
    boolean blankNames,
    boolean keepShared,
    boolean forceShare,
    ProgressStyle progress,
    Verbosity verbosity) {
  public static final String NAME = "dehydrate";

  private static final String BLANK_NAMES = "--blank-names";
  private static final String KEEP_SHARED = "--keep-shared";

  /** The command. */
  public static CommandSpec spec() {
    CommandSpec dehydrate = Subcommand.spec(NAME, "IMAGE");
    dehydrate
        .addOption(
            OptionSpecs.flag(BLANK_NAMES)
                .description(
                    "Numbers in place of names.",
                    "Of snapshots, bitmaps, the backing file and the data file, each as long as"
                        + " the name; and zeroes in place of what is unknown.")
                .build())
        .addOption(
            OptionSpecs.flag(KEEP_SHARED)
                .description(
                    "Take what is metadata and data as well.",
                    "In a damaged image a cluster may be both, and hold the guest's bytes."
                        + " Without this such an image is refused.")
                .build())
        .addOption(HeldImage.option())
        .addOption(ProgressStyle.option());
    Verbosity.addTo(dehydrate);
    dehydrate.addPositional(
        ImageArgument.spec("The qcow2 image, may be damaged; '-' is one on standard input."));
    dehydrate
        .usageMessage()
        .description(
            "Writes the metadata of a qcow2 image to standard output, for a report of what is wrong"
                + " with it: header, refcounts, L1 and L2 tables, snapshots and bitmaps, and no"
                + " byte of the guest's disk. 'rehydrate' makes an image of it again.",
            "")
        .footer(
            "  qcow2-to-stdout dehydrate --blank-names disk.qcow2 > disk.meta",
            "  qcow2-to-stdout rehydrate --to disk.qcow2 disk.meta")
        .exitCodeList(
            ExitCode.help(
                "all metadata was written",
                "it could not be done; discard what was written",
                " 63",
                "a stream whose metadata can't be told as it flows by"));
    return dehydrate;
  }

  /**
   * Reads and checks the arguments.
   *
   * @throws ParameterException if they are wrong
   */
  public static DehydrateOptions of(ParseResult result) {
    try {
      return new DehydrateOptions(
          ImageArgument.pathOrStandardInput(result),
          result.hasMatchedOption(BLANK_NAMES),
          result.hasMatchedOption(KEEP_SHARED),
          result.hasMatchedOption(HeldImage.FORCE_SHARE),
          ProgressStyle.of(result),
          Verbosity.of(result));
    } catch (IllegalArgumentException e) {
      throw OptionSpecs.wrong(result, e);
    }
  }

  /** Whether the image comes through standard input. */
  boolean isStandardInput() {
    return image.toString().equals(StandardInput.ARGUMENT);
  }
}
