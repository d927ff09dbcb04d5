package io.github.qcow2tostdout.cli;

import java.util.List;
import java.util.Map;
import java.util.Stack;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * The options and what the help says of them. Built without annotations: those cost 50 ms at each
 * start.
 */
final class Options {
  static final String NAME = "qcow2-to-stdout";
  static final String MEASURE = "measure";

  static final String CLUSTER_SIZE = "--cluster-size";
  static final String REFCOUNT_BITS = "--refcount-bits";
  static final String VERSION = "--qcow2-version";
  static final String DATA_FILE = "--data-file";
  static final String DATA_FILE_NAME = "--data-file-name";
  static final String DATA_FILE_RAW = "--data-file-raw";
  static final String QEMU_OPTIONS = "-o";
  static final String RANGE = "--range";
  static final String COPY = "--copy";
  static final String PROGRESS = "--progress";
  static final String QUIET = "--quiet";
  static final String VERBOSE = "--verbose";
  static final String OUTPUT = "--output";
  static final String JSON = "-j";

  static final String PROGRESS_BAR = "bar";
  static final String PROGRESS_JSON = "json";

  /** In the order of the help. */
  private static final List<String> SUBCOMMANDS =
      List.of(MEASURE, MapOptions.NAME, DumpOptions.NAME, CheckOptions.NAME);

  private Options() {}

  /** The short form of {@code --output=json}. */
  static OptionSpec json() {
    return flag(JSON).description("The same as --output=json.").build();
  }

  /** The program's command with all subcommands. */
  static CommandSpec spec() {
    return withSubcommands(conversion(true), SUBCOMMANDS);
  }

  /**
   * As much of the program's command as some arguments need: to make all of it takes longer than to
   * check a small image.
   */
  static CommandSpec spec(List<String> arguments) {
    if (!arguments.isEmpty() && SUBCOMMANDS.contains(arguments.getFirst())) {
      return withSubcommands(CommandSpec.create().name(NAME), arguments.subList(0, 1));
    }
    return arguments.stream().anyMatch(Options::mayAskForHelp)
        ? spec()
        : withSubcommands(
            conversion(arguments.stream().anyMatch(OutputArguments::mayBe)),
            SUBCOMMANDS.stream().filter(arguments::contains).toList());
  }

  private static CommandSpec withSubcommands(CommandSpec command, List<String> names) {
    for (String name : names) {
      command.addSubcommand(name, subcommand(name));
    }
    return command;
  }

  /** Whether it may: {@code -qh} does too. The help has the list of subcommands. */
  private static boolean mayAskForHelp(String argument) {
    return argument.startsWith("-") && argument.contains("h");
  }

  private static CommandSpec subcommand(String name) {
    return switch (name) {
      case MapOptions.NAME -> MapOptions.spec();
      case DumpOptions.NAME -> DumpOptions.spec();
      case CheckOptions.NAME -> CheckOptions.spec();
      default -> measure();
    };
  }

  /**
   * The conversion.
   *
   * @param withOutput whether the options for what is beside the image are needed
   */
  private static CommandSpec conversion(boolean withOutput) {
    CommandSpec convert = CommandSpec.create().name(NAME);
    addImageOptions(convert, withOutput);
    InputOptions.addInput(
        convert,
        "The disk: a regular file or a block device, nbd://HOST[:PORT]/EXPORT,"
            + " nbd+unix:///EXPORT?socket=PATH, or - for standard input. What comes through a pipe"
            + " is kept in a temporary file first, because an image begins with tables that say"
            + " where the data is, and a pipe can't be read twice.");
    convert
        .usageMessage()
        .customSynopsis(
            NAME + " [OPTIONS] INPUT",
            "       " + NAME + " measure [OPTIONS] INPUT",
            "       " + NAME + " map [OPTIONS] INPUT",
            "       " + NAME + " dump [OPTIONS] IMAGE",
            "       " + NAME + " check [OPTIONS] IMAGE")
        .description(
            "Writes a disk as a qcow2 image to standard output, front to back, with no"
                + " temporary file (but see -).",
            "",
            "A file that has the name of a subcommand, or one that begins with nbd:, is given as"
                + " ./NAME.",
            "")
        .footerHeading("%nExamples:%n")
        .footer(
            "  qcow2-to-stdout disk.raw > disk.qcow2",
            "  qcow2-to-stdout disk.raw | ssh host 'cat > disk.qcow2'",
            "  qcow2-to-stdout -c 128K -p /dev/vg/disk | zstd > disk.qcow2.zst",
            "  qcow2-to-stdout -B monday.raw tuesday.raw > tuesday.qcow2",
            "  qcow2-to-stdout measure disk.raw",
            "  zstd -dc disk.raw.zst | qcow2-to-stdout - > disk.qcow2",
            "  qcow2-to-stdout -f vmdk disk.vmdk > disk.qcow2",
            "  qcow2-to-stdout nbd://host/disk > disk.qcow2",
            "  qcow2-to-stdout --offset 1M --length 20G /dev/sda > part.qcow2",
            "",
            "In scripts use 'set -o pipefail': without it a pipe hides that its first command",
            "failed, and an image that is cut short looks whole to its receiver.")
        .exitCodeListHeading("%nExit codes:%n")
        .exitCodeList(exitCodes());
    return convert;
  }

  private static CommandSpec measure() {
    CommandSpec measure = CommandSpec.create().name(MEASURE);
    addImageOptions(measure, true);
    OutputArguments.addBytesTo(measure);
    measure.addOption(
        repeatable(OUTPUT)
            .paramLabel("FORMAT")
            .description("'human' (default) or 'json', with the keys of qemu-img measure.")
            .build());
    InputOptions.addInput(measure, "The disk, as for the conversion.");
    measure
        .usageMessage()
        .customSynopsis(NAME + " measure [OPTIONS] INPUT")
        .description(
            "Prints how many bytes a conversion writes: exactly, with the same options, and how"
                + " many they would be if all of the disk held data.",
            "")
        .footerHeading("%nExample:%n")
        .footer(
            "  qcow2-to-stdout measure disk.raw",
            "  required size: 1376256",
            "  fully allocated size: 10739318784")
        .exitCodeListHeading("%nExit codes:%n")
        .exitCodeList(exitCodes());
    return measure;
  }

  private static Map<String, String> exitCodes() {
    Map<String, String> codes =
        ExitCode.help(
            "done, every byte written", "it could not be done; discard what the receiver got");
    codes.put("128+n", "ended by signal n");
    return codes;
  }

  private static void addImageOptions(CommandSpec spec, boolean withOutput) {
    spec.version(Version.text());
    // Flags, that is: everything else takes a list.
    spec.parser()
        .overwrittenOptionsAllowed(true)
        // A map may be called "map".
        .allowSubcommandsAsOptionParameters(true);
    spec.addOption(
            flag("-h", "--help").usageHelp(true).description("Show this help and exit.").build())
        .addOption(
            flag("-V", "--version")
                .versionHelp(true)
                .description("Show the version and exit.")
                .build());
    spec.usageMessage().optionListHeading("%nOptions:%n").sortOptions(false).width(100);
    spec.addOption(
            repeatable("-c", CLUSTER_SIZE)
                .paramLabel("SIZE")
                .description("Cluster size, 512 to 2M, a power of two (default: 64K).")
                .build())
        .addOption(
            repeatable("-r", REFCOUNT_BITS)
                .paramLabel("BITS")
                .description("Width of refcounts: 1, 2, 4, 8, 16, 32 or 64 (default: 16).")
                .build())
        .addOption(
            repeatable("-v", VERSION)
                .paramLabel("VERSION")
                .description(
                    "Version of the format: 3 (default), or 2, which has 16-bit refcounts only and"
                        + " no data files.")
                .build())
        .addOption(
            flag("-d", DATA_FILE)
                .description("Write metadata only: INPUT becomes the image's external data file.")
                .build())
        .addOption(
            repeatable(DATA_FILE_NAME)
                .paramLabel("NAME")
                .description("What the image calls its data file (default: INPUT as given).")
                .build())
        .addOption(
            flag("-R", DATA_FILE_RAW)
                .description(
                    "As -d, and INPUT stays a valid raw disk: every cluster is mapped, nothing is"
                        + " scanned.")
                .build())
        .addOption(
            repeatable(QEMU_OPTIONS)
                .paramLabel("KEY=VALUE[,...]")
                .description(
                    "The same and more in qemu-img's words: cluster_size, compression_type,"
                        + " refcount_bits, compat"
                        + " (0.10, 1.1, v2, v3), data_file, data_file_raw, backing_file,"
                        + " backing_fmt, lazy_refcounts, extended_l2 (32 subclusters in each"
                        + " cluster of 16K or more, so that holes in it are kept).")
                .build());
    CompressionArguments.addTo(spec);
    BackingOptions.addTo(spec);
    InputOptions.addTo(spec);
    InputOptions.addScanTo(spec);
    if (withOutput) {
      OutputArguments.addTo(spec);
    }
    spec.addOption(
            repeatable(RANGE)
                .paramLabel("FROM-TO")
                .description(
                    "Only the bytes of the image from FROM up to but not including TO. FROM- goes"
                        + " to the end, --range=-TO starts at 0; K, M, G and T are understood.")
                .build())
        .addOption(
            flag(COPY)
                .description(
                    "Send copies of the disk's bytes only, never pages of the page cache: for a"
                        + " disk that is written as soon as this has ended, and a reader that"
                        + " splices, such as pv.")
                .build())
        .addOption(progress())
        .addOption(flag("-q", QUIET).description("Nothing on standard error but errors.").build())
        .addOption(flag(VERBOSE).description("Say on standard error what is done.").build());
  }

  /** The option for progress. */
  static OptionSpec progress() {
    return optional(PROGRESS, PROGRESS_BAR, "-p")
        .paramLabel("json")
        .description(
            "Show progress on standard error if that is a terminal; --progress=json writes"
                + " JSON, an object a line, wherever it goes.")
        .build();
  }

  /** An option that takes no value. */
  static OptionSpec.Builder flag(String name, String... names) {
    return OptionSpec.builder(name, names).type(boolean.class).arity("0");
  }

  /** An option that may be said again; whether that fits is for {@link Arguments}. */
  static OptionSpec.Builder repeatable(String name, String... names) {
    return OptionSpec.builder(name, names).type(String[].class).arity("1");
  }

  /** An option with a value that may be left out, and is never the next argument. */
  static OptionSpec.Builder optional(String name, String otherwise, String shortName) {
    return optional(otherwise, repeatable(shortName, name));
  }

  /** The same without a short name. */
  static OptionSpec.Builder optional(String name, String otherwise) {
    return optional(otherwise, repeatable(name));
  }

  private static OptionSpec.Builder optional(String otherwise, OptionSpec.Builder option) {
    return option
        .arity("0..1")
        .preprocessor(
            (arguments, command, argument, info) -> takeAttachedOnly(arguments, info, otherwise));
  }

  /** The values of an option that may be said again. */
  static String[] values(ParseResult result, String option) {
    return result.matchedOptionValue(option, new String[0]);
  }

  /** {@code -p INPUT} is a flag and an argument: only {@code --progress=VALUE} has a value. */
  private static boolean takeAttachedOnly(
      Stack<String> arguments, Map<String, Object> info, String otherwise) {
    boolean attached = info.get("separator") instanceof String separator && !separator.isBlank();
    if (!attached) {
      // To take the option as done (true) would leave it out of the matched ones.
      arguments.push(otherwise);
    }
    return false;
  }
}
