package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.cli.input.HeldImage;
import io.github.qcow2tostdout.cli.input.ImageArgument;
import io.github.qcow2tostdout.cli.option.ByteSize;
import io.github.qcow2tostdout.cli.option.OptionSpecs;
import io.github.qcow2tostdout.cli.option.ReportFormat;
import io.github.qcow2tostdout.cli.option.Verbosity;
import io.github.qcow2tostdout.cli.terminal.ExitCode;
import io.github.qcow2tostdout.report.DumpParts;
import java.nio.file.Path;
import java.util.OptionalLong;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * What {@code dump} is told.
 *
 * @param image where the image is
 * @param parts what is wanted of it
 * @param at a byte of the disk of which it is wanted where it is
 * @param json whether as JSON
 * @param forceShare whether it is read also while QEMU may write to it
 */
public record DumpOptions(
    Path image, DumpParts parts, OptionalLong at, boolean json, boolean forceShare) {
  public static final String NAME = "dump";

  private static final String HEADER = "--header";
  private static final String EXTENSIONS = "--extensions";
  private static final String BITMAPS = "--bitmaps";
  private static final String TABLES = "--tables";
  private static final String LOCATIONS = "--locations";
  private static final String NO_REFCOUNTS = "--no-refcounts";
  private static final String NO_L1 = "--no-l1";
  private static final String NO_L2 = "--no-l2";
  private static final String AT = "--at";
  private static final String HEXADECIMAL = "0x";
  private static final String ALL = "--all";
  private static final String NO_SNAPSHOTS = "--no-snapshots";
  private static final String NO_OFFSETS = "--no-offsets";
  private static final String NO_VALIDITY = "--no-validity";

  /** The command. */
  public static CommandSpec spec() {
    CommandSpec dump = Subcommand.spec(NAME, "IMAGE");
    dump.addOption(
            OptionSpecs.flag(HEADER).description("The header and the header extensions.").build())
        .addOption(
            OptionSpecs.flag(EXTENSIONS)
                .description("The header extensions, with bitmaps.")
                .build())
        .addOption(
            OptionSpecs.flag(BITMAPS).description("The bitmaps: directory and tables.").build())
        .addOption(
            OptionSpecs.flag(TABLES)
                .description(
                    "Refcounts, L1 and L2 tables, snapshots.",
                    "The snapshots with their own L1 and L2 tables.")
                .build())
        .addOption(
            OptionSpecs.flag(LOCATIONS)
                .description(
                    "Where each structure is.", "Offset and size, in the order of the file.")
                .build())
        .addOption(
            OptionSpecs.repeatable(AT)
                .paramLabel("OFFSET")
                .description(
                    "Where this byte of the disk is.",
                    "Its L1 and L2 entries and its place. K, M, G and T are understood, and 0x1f.")
                .build())
        .addOption(
            OptionSpecs.flag("-r", NO_REFCOUNTS).description("Tables without refcounts.").build())
        .addOption(OptionSpecs.flag("-1", NO_L1).description("Tables without L1 tables.").build())
        .addOption(OptionSpecs.flag("-2", NO_L2).description("Tables without L2 tables.").build())
        .addOption(
            OptionSpecs.flag(ALL)
                .description(
                    "A line for each L2 entry, as JSON has it.",
                    "Else those whose clusters follow each other are one.")
                .build())
        .addOption(
            OptionSpecs.flag("-s", NO_SNAPSHOTS).description("Tables without snapshots.").build())
        .addOption(OptionSpecs.flag("-o", NO_OFFSETS).description("No column of offsets.").build())
        .addOption(
            OptionSpecs.flag("-v", NO_VALIDITY).description("No column of validity.").build())
        .addOption(ReportFormat.output("'human' (default) or 'json': one document."))
        .addOption(ReportFormat.json())
        .addOption(HeldImage.option())
        .addOption(Verbosity.trace())
        .addPositional(ImageArgument.spec("The qcow2 image, which is only read; may be damaged."));
    dump.usageMessage()
        .description(
            "Prints the metadata of a qcow2 image: everything, or what the options select. Of the"
                + " tables, entries that are 0 are left out. In the column of validity + is valid,"
                + " - is not, and a blank is no opinion.",
            "")
        .footer(
            "  qcow2-to-stdout dump --header disk.qcow2",
            "  qcow2-to-stdout dump -j --tables -r disk.qcow2 | jq .l1_table")
        .exitCodeList(
            ExitCode.help(
                "all that was asked for was read, right or wrong as it may be",
                "something could not be read; the dump says what, and has the rest"));
    return dump;
  }

  /**
   * Reads and checks the arguments.
   *
   * @throws ParameterException if they are wrong
   */
  public static DumpOptions of(ParseResult result) {
    boolean header = result.hasMatchedOption(HEADER);
    boolean extensions = result.hasMatchedOption(EXTENSIONS);
    boolean bitmaps = result.hasMatchedOption(BITMAPS);
    boolean tables = result.hasMatchedOption(TABLES);
    boolean locations = result.hasMatchedOption(LOCATIONS);
    boolean at = result.hasMatchedOption(AT);
    boolean all = !at && !header && !extensions && !bitmaps && !tables && !locations;
    DumpParts parts =
        new DumpParts(
            header || all,
            extensions,
            bitmaps,
            tables || all,
            !result.hasMatchedOption(NO_REFCOUNTS),
            !result.hasMatchedOption(NO_L1),
            !result.hasMatchedOption(NO_L2),
            result.hasMatchedOption(ALL),
            !result.hasMatchedOption(NO_SNAPSHOTS),
            locations || all,
            !result.hasMatchedOption(NO_OFFSETS),
            !result.hasMatchedOption(NO_VALIDITY));
    try {
      return new DumpOptions(
          ImageArgument.path(
              result,
              "-: an image on standard input can't be dumped, since its tables refer back and"
                  + " forth; give a file, or ./- for one of that name"),
          parts,
          guestOffset(result),
          ReportFormat.isJsonReport(result),
          result.hasMatchedOption(HeldImage.FORCE_SHARE));
    } catch (IllegalArgumentException e) {
      throw OptionSpecs.wrong(result, e);
    }
  }

  private static OptionalLong guestOffset(ParseResult result) {
    String text = OptionSpecs.single(result, AT, "");
    if (text.isEmpty() && !result.hasMatchedOption(AT)) {
      return OptionalLong.empty();
    }
    OptionalLong offset = text.startsWith(HEXADECIMAL) ? hexadecimal(text) : ByteSize.parse(text);
    if (offset.isEmpty()) {
      throw new IllegalArgumentException(
          AT + " " + text + ": not an offset; say bytes, with K, M, G or T, or 0x1f");
    }
    return offset;
  }

  private static OptionalLong hexadecimal(String text) {
    try {
      long offset = Long.parseLong(text, HEXADECIMAL.length(), text.length(), 16);
      return offset < 0 ? OptionalLong.empty() : OptionalLong.of(offset);
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }
}
