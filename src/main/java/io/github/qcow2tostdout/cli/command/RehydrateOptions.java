package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.cli.input.ImageArgument;
import io.github.qcow2tostdout.cli.option.OptionSpecs;
import io.github.qcow2tostdout.cli.option.ProgressStyle;
import io.github.qcow2tostdout.cli.option.Verbosity;
import io.github.qcow2tostdout.cli.terminal.ExitCode;
import io.github.qcow2tostdout.cli.terminal.StandardInput;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * What {@code rehydrate} is told.
 *
 * @param metadata where the metadata is
 * @param to the file that is made; empty for standard output
 * @param overwrite whether that file may be there already
 * @param limit how many bytes of metadata there may be
 * @param progress how progress is shown
 * @param verbosity how much is said
 */
public record RehydrateOptions(
    Path metadata,
    Optional<Path> to,
    boolean overwrite,
    long limit,
    ProgressStyle progress,
    Verbosity verbosity) {
  public static final String NAME = "rehydrate";

  private static final String TO = "--to";
  private static final String OVERWRITE = "--overwrite";
  private static final String LIMIT = "--limit";

  /** More than an image of 16 TiB has, whose clusters have the usual size. */
  private static final long DEFAULT_LIMIT = 4L << 30;

  /** The command. */
  public static CommandSpec spec() {
    CommandSpec rehydrate = Subcommand.spec(NAME, "METADATA");
    rehydrate
        .addOption(
            OptionSpecs.repeatable(TO)
                .paramLabel("FILE")
                .description(
                    "Write the image to a new file.",
                    "It is sparse, and gets its name when it is whole and on the disk (default:"
                        + " standard output).")
                .build())
        .addOption(
            OptionSpecs.flag(OVERWRITE)
                .description("Replace FILE.", "That is done when the new one is whole.")
                .build())
        .addOption(
            OptionSpecs.repeatable(LIMIT)
                .paramLabel("SIZE")
                .description("How much metadata there may be (default: 4G).")
                .build())
        .addOption(ProgressStyle.option());
    Verbosity.addTo(rehydrate);
    rehydrate.addPositional(
        ImageArgument.spec("METADATA", "What 'dehydrate' has written; '-' is standard input."));
    rehydrate
        .usageMessage()
        .description(
            "Makes an image of its metadata: as long as it was, with everything at its place, and"
                + " holes where the guest's disk was. 'check' and 'dump' say of it what they said"
                + " of the original.",
            "")
        .footer(
            "  qcow2-to-stdout rehydrate --to disk.qcow2 disk.meta",
            "  qcow2-to-stdout rehydrate - < disk.meta > disk.qcow2")
        .exitCodeList(
            ExitCode.help(
                "all of the image is on the target",
                "it could not be done; discard what there is"));
    return rehydrate;
  }

  /**
   * Reads and checks the arguments.
   *
   * @throws ParameterException if they are wrong
   */
  public static RehydrateOptions of(ParseResult result) {
    try {
      Optional<Path> to =
          RestoreOptions.to(OptionSpecs.single(result, TO, ""), result.hasMatchedOption(TO));
      if (to.isEmpty() && result.hasMatchedOption(OVERWRITE)) {
        throw new IllegalArgumentException(OVERWRITE + " needs " + TO);
      }
      return new RehydrateOptions(
          ImageArgument.pathOrStandardInput(result),
          to,
          result.hasMatchedOption(OVERWRITE),
          RestoreOptions.size(result, LIMIT).orElse(DEFAULT_LIMIT),
          ProgressStyle.of(result),
          Verbosity.of(result));
    } catch (IllegalArgumentException e) {
      throw OptionSpecs.wrong(result, e);
    }
  }

  /** Whether the metadata comes through standard input. */
  boolean isStandardInput() {
    return metadata.toString().equals(StandardInput.ARGUMENT);
  }
}
