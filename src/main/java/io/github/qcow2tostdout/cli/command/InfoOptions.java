package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.cli.input.HeldImage;
import io.github.qcow2tostdout.cli.input.ImageArgument;
import io.github.qcow2tostdout.cli.option.OptionSpecs;
import io.github.qcow2tostdout.cli.option.ReportFormat;
import io.github.qcow2tostdout.cli.terminal.ExitCode;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * What {@code info} is told.
 *
 * @param file where the image or the disk is
 * @param json whether as JSON
 * @param all whether tables are read however large they are
 * @param forceShare whether it is read also while QEMU may write to it
 */
public record InfoOptions(Path file, boolean json, boolean all, boolean forceShare) {
  public static final String NAME = "info";

  static final String ALL = "--all";

  /** The command. */
  public static CommandSpec spec() {
    CommandSpec info = Subcommand.spec(NAME, "FILE");
    info.addOption(
            ReportFormat.output(
                "'human' (default) or 'json', with the keys of qemu-img info and more."))
        .addOption(ReportFormat.json())
        .addOption(
            OptionSpecs.flag(ALL)
                .description(
                    "Read the tables of an image however large they are.",
                    "By default no more than 64 MiB of L2 tables are read, which is enough for 512"
                        + " GiB.")
                .build())
        .addOption(HeldImage.option())
        .addPositional(
            ImageArgument.spec(
                "A qcow2 image, an image of another format, or a raw disk: a regular file or a"
                    + " block device, which is only read."));
    info.usageMessage()
        .description(
            "Prints on one screen what a file is: its format by its first bytes, the sizes, the"
                + " files that it names, its features, how much of the disk is allocated and where,"
                + " and what a check finds. Of a raw disk the holes are shown, and how large an"
                + " image would be. No other file is opened, and nothing is run.",
            "")
        .footer(
            "  qcow2-to-stdout info disk.qcow2",
            "  qcow2-to-stdout info -j disk.vmdk | jq .names")
        .exitCodeList(
            ExitCode.help(
                "done, whatever was found", "it can't be read, or QEMU would not open it"));
    return info;
  }

  /**
   * Reads and checks the arguments.
   *
   * @throws ParameterException if they are wrong
   */
  public static InfoOptions of(ParseResult result) {
    try {
      return new InfoOptions(
          ImageArgument.path(
              result,
              "-: what comes through a pipe is not looked at, since its tables refer back and"
                  + " forth; give a file, or ./- for one of that name"),
          ReportFormat.isJsonReport(result),
          result.hasMatchedOption(ALL),
          result.hasMatchedOption(HeldImage.FORCE_SHARE));
    } catch (IllegalArgumentException e) {
      throw OptionSpecs.wrong(result, e);
    }
  }
}
