package io.github.qcow2tostdout.cli.input;

import io.github.qcow2tostdout.cli.option.HelpGroup;
import io.github.qcow2tostdout.cli.option.OptionSpecs;
import io.github.qcow2tostdout.cli.terminal.StandardInput;
import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import io.github.qcow2tostdout.saved.OpenedAs;
import io.github.qcow2tostdout.scan.ChangeDetection;
import io.github.qcow2tostdout.scan.ScanOptions;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.source.qcow2.ImageOpener;
import io.github.qcow2tostdout.source.qemu.QemuSource;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * What is read, and how: the part of the command line that all commands with an INPUT share.
 *
 * @param input as the user gave it
 * @param opener how that is opened
 * @param formatSaid whether the user said that it is raw, or what else it is
 * @param qemu what QEMU may do where it reads it
 * @param inside which disk of an image is wanted, and in what state that may be
 * @param commandLine for errors in it that are found later
 * @param sparse whether the file system is asked for holes
 * @param extentsOnly whether data extents count as data without a look at them
 * @param window the part of it that is the disk
 * @param map where that holds data, if the user knows
 * @param spoolDirectory where a temporary file is made for what can be read only once
 * @param changes how it is noticed that the disk changes meanwhile
 */
public record InputOptions(
    String input,
    NamedDisk opener,
    boolean formatSaid,
    FollowOptions qemu,
    InsideOptions inside,
    CommandLine commandLine,
    boolean sparse,
    boolean extentsOnly,
    WindowOptions window,
    Optional<DiskMapOption> map,
    Path spoolDirectory,
    ChangeDetection changes) {
  static final String FORMAT = "--input-format";
  static final String NO_SPARSE = "--no-sparse";
  public static final String MAP_ONLY = "--map-only";
  static final String SPOOL_DIR = "--spool-dir";
  private static final String SIZE = "--size";

  /** All that {@code -f} takes. */
  private static final List<String> FORMATS = NamedDisk.formatsAnd(NamedDisk.AUTO);

  /** Adds the options that all commands share; the argument INPUT is added by {@link #addInput}. */
  public static void addTo(CommandSpec spec) {
    spec.addOption(
            OptionSpecs.repeatable(HelpGroup.INPUT, "-f", FORMAT)
                .paramLabel("FMT")
                .completionCandidates(FORMATS)
                .description(
                    "Format of INPUT, as QEMU calls it (default: raw).",
                    "What begins like an image, or like something compressed, is refused unless it"
                        + " is said; qcow2; "
                        + QemuSource.FORMATS.stream()
                            .filter(format -> !format.equals(ImageOpener.QCOW2))
                            .collect(Collectors.joining(", "))
                        + " are read through qemu-storage-daemon or qemu-nbd; auto is what INPUT"
                        + " looks like, which the guest can choose.")
                .build())
        .addOption(
            OptionSpecs.flag(HelpGroup.INPUT, NO_SPARSE)
                .description(
                    "Don't ask the file system or the server where data is, read everything.")
                .build());
    FollowOptions.addTo(spec);
    InsideOptions.addTo(spec);
    WindowOptions.addTo(spec);
    DiskMapOption.addTo(spec);
    spec.addOption(
        OptionSpecs.repeatable(HelpGroup.INPUT, SPOOL_DIR)
            .paramLabel("DIR")
            .description(
                "Where the data of a pipe on standard input is kept meanwhile, in a temporary file"
                    + " without a name (default: $TMPDIR, else /tmp, which may be memory).")
            .build());
    ChangeOptions.addTo(spec);
  }

  /** Adds the option for commands that decide what is allocated. */
  public static void addScanTo(CommandSpec spec) {
    spec.addOption(
        OptionSpecs.flag(HelpGroup.INPUT, MAP_ONLY)
            .description(
                "Take what is not a hole, or what --map calls data, for data without looking for"
                    + " zeroes in it: nothing is read before the image is written.")
            .build());
    ChangeOptions.addVerifyTo(spec);
  }

  /** Adds the option for commands that don't need a disk. */
  public static void addSizeTo(CommandSpec spec) {
    spec.addOption(
        OptionSpecs.repeatable(SIZE)
            .paramLabel("SIZE")
            .description(
                "In place of INPUT: a disk of that size without data.",
                "K, M, G and T are understood.")
            .build());
  }

  /** Adds the argument. */
  public static void addInput(CommandSpec spec, String description) {
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("INPUT")
            .index("0")
            .arity("1")
            .type(String.class)
            .description(description)
            .build());
  }

  /**
   * Reads and checks them.
   *
   * @throws IllegalArgumentException with a message for the user, if they are wrong
   */
  public static InputOptions of(ParseResult result) {
    return of(result, Optional.empty());
  }

  /**
   * The same where it is known how the disk was read before.
   *
   * @param before what is taken where nothing is said
   */
  public static InputOptions of(ParseResult result, Optional<OpenedAs> before) {
    String input = input(result);
    String format = format(result, before);
    boolean sparse = !result.hasMatchedOption(NO_SPARSE);
    boolean extentsOnly = result.hasMatchedOption(MAP_ONLY);
    if (extentsOnly && !sparse) {
      throw new IllegalArgumentException(
          MAP_ONLY + " and " + NO_SPARSE + " contradict each other; say one of them");
    }
    Optional<DiskMapOption> map = DiskMapOption.of(result);
    if (map.isPresent() && !sparse) {
      throw new IllegalArgumentException(
          DiskMapOption.MAP + " and " + NO_SPARSE + " contradict each other; say one of them");
    }
    if (map.isPresent() && map.get().isStandardInput() && input.equals(StandardInput.ARGUMENT)) {
      throw new IllegalArgumentException(
          "standard input can't be both INPUT and the map; give one of them as a file");
    }
    return new InputOptions(
        input,
        result.hasMatchedOption(SIZE) ? ofSize(input, result) : opener(input, format),
        before.isPresent() || isFormatSaid(result),
        FollowOptions.of(result),
        InsideOptions.of(
            result, format, before.isPresent() ? before.get().snapshot() : Optional.empty()),
        result.commandSpec().commandLine(),
        sparse,
        extentsOnly,
        WindowOptions.of(result, before),
        map,
        spoolDirectory(result),
        ChangeOptions.of(result));
  }

  private static String input(ParseResult result) {
    // The last of the arguments.
    int position = result.commandSpec().positionalParameters().size() - 1;
    if (!result.hasMatchedPositional(position)) {
      if (result.hasMatchedOption(SIZE)) {
        return SIZE + " " + OptionSpecs.single(result, SIZE, "");
      }
      throw new IllegalArgumentException("INPUT is missing; say which disk to read");
    }
    if (result.hasMatchedOption(SIZE)) {
      throw new IllegalArgumentException(
          SIZE + " and INPUT contradict each other; say one of them");
    }
    return result.matchedPositionalValue(position, "");
  }

  /** A disk without data, which has no other format than raw. */
  private static NamedDisk ofSize(String input, ParseResult result) {
    if (result.hasMatchedOption(FORMAT)) {
      throw new IllegalArgumentException(
          SIZE + " and -f contradict each other: there is no INPUT that has a format");
    }
    String size = OptionSpecs.single(result, SIZE, "");
    return NamedDisk.ofSize(input, WindowOptions.size(SIZE, size).getAsLong());
  }

  /**
   * Opens the disk; the progress is that of spooling.
   *
   * @throws ParameterException if the disk shows that its format has to be said
   */
  public Source open(StandardStreams streams, Progress progress) throws IOException {
    return new InputOpening(this, streams).open(progress);
  }

  /** Whether the disk comes from standard input. */
  public boolean isStandardInput() {
    return input.equals(StandardInput.ARGUMENT);
  }

  /** What messages call it. */
  public String shownName() {
    return isStandardInput() ? StandardInput.NAME : input;
  }

  /** How it is decided what is allocated. */
  public ScanOptions scan() {
    return new ScanOptions(extentsOnly);
  }

  /** The file that is read, if it is one. */
  public Optional<Path> path() {
    return isStandardInput() ? Optional.of(StandardInput.PATH) : opener.path();
  }

  private static Path spoolDirectory(ParseResult result) {
    String directory = OptionSpecs.single(result, SPOOL_DIR, defaultSpoolDirectory());
    try {
      return Path.of(directory);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(
          SPOOL_DIR + " " + directory + ": not a file name: " + e.getReason(), e);
    }
  }

  /** Where temporary files go; the VM does not heed the environment. */
  private static String defaultSpoolDirectory() {
    String directory = System.getenv("TMPDIR");
    return directory == null || directory.isEmpty()
        ? System.getProperty("java.io.tmpdir", "/tmp")
        : directory;
  }

  private static boolean isFormatSaid(ParseResult result) {
    String format = OptionSpecs.single(result, FORMAT, NamedDisk.AUTO);
    return !format.equals(NamedDisk.AUTO);
  }

  /**
   * The format that is said, or that of before.
   *
   * @throws IllegalArgumentException if that is none that can be read
   */
  private static String format(ParseResult result, Optional<OpenedAs> before) {
    String otherwise = before.isPresent() ? before.get().format() : NamedDisk.RAW;
    if (!FORMATS.contains(otherwise)) {
      throw new IllegalArgumentException(
          "the plan is of a disk in the format " + otherwise + "; say what INPUT is with -f");
    }
    return OptionSpecs.single(result, FORMAT, otherwise);
  }

  /** Whether an option says where there is data, or how large a disk without any is. */
  public static boolean saysWhatIsMapped(String option) {
    return option.equals(DiskMapOption.MAP)
        || option.equals(MAP_ONLY)
        || option.equals(NO_SPARSE)
        || option.equals(SIZE);
  }

  /** In what way the disk is read, for a plan of it. */
  public OpenedAs openedAs() {
    return new OpenedAs(opener.format(), window.offset(), window.length(), inside.snapshot());
  }

  private static NamedDisk opener(String input, String format) {
    if (input.isEmpty()) {
      throw new IllegalArgumentException("INPUT is empty");
    }
    boolean piped = List.of(NamedDisk.RAW, NamedDisk.AUTO, ImageOpener.QCOW2).contains(format);
    if (input.equals(StandardInput.ARGUMENT) && !piped) {
      throw new IllegalArgumentException(
          "-f "
              + format
              + " needs a file: only raw disks and qcow2 are read from standard input; give the"
              + " name of one, or ./- for one that is called so");
    }
    return NamedDisk.of(input, Optional.of(format));
  }
}
