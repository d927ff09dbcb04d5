package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.cli.image.BackingOptions;
import io.github.qcow2tostdout.cli.image.CacheSize;
import io.github.qcow2tostdout.cli.image.CompressionArguments;
import io.github.qcow2tostdout.cli.image.ImageFormatOptions;
import io.github.qcow2tostdout.cli.image.ImageOptionsBuilder;
import io.github.qcow2tostdout.cli.input.BaseDisk;
import io.github.qcow2tostdout.cli.input.ChangeOptions;
import io.github.qcow2tostdout.cli.input.DiskMapOption;
import io.github.qcow2tostdout.cli.input.InputOptions;
import io.github.qcow2tostdout.cli.input.WindowOptions;
import io.github.qcow2tostdout.cli.option.ByteRange;
import io.github.qcow2tostdout.cli.option.HelpGroup;
import io.github.qcow2tostdout.cli.option.HelpOptions;
import io.github.qcow2tostdout.cli.option.OptionSpecs;
import io.github.qcow2tostdout.cli.option.ProgressStyle;
import io.github.qcow2tostdout.cli.option.ReportFormat;
import io.github.qcow2tostdout.cli.option.Verbosity;
import io.github.qcow2tostdout.cli.output.OutputOptions;
import io.github.qcow2tostdout.cli.terminal.ExitCode;
import io.github.qcow2tostdout.cli.terminal.ProgressDisplay;
import io.github.qcow2tostdout.cli.terminal.SideOutputs;
import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import io.github.qcow2tostdout.convert.ChangeDetection;
import io.github.qcow2tostdout.convert.CompressionOptions;
import io.github.qcow2tostdout.plan.ImageOptions;
import io.github.qcow2tostdout.source.ChangeSign;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * What both commands are told.
 *
 * @param commandLine for errors in it that are found later
 * @param source what is read
 * @param base what it is compared with
 * @param options what image is asked for
 * @param keepZeroes whether written zeroes are mapped
 * @param compression how clusters are compressed, if they are
 * @param output what is wanted beside it, and what it is in
 * @param cache how much is kept from the first pass for the second
 * @param range what part of it
 * @param copying whether nothing of the disk goes out by reference
 * @param json whether a report is wanted as JSON
 * @param progress how progress is shown
 * @param verbosity how much is said
 */
public record ConversionArguments(
    CommandLine commandLine,
    InputOptions source,
    Optional<BaseDisk> base,
    ImageOptions options,
    boolean keepZeroes,
    Optional<CompressionArguments> compression,
    OutputOptions output,
    CacheSize cache,
    ByteRange range,
    boolean copying,
    boolean json,
    ProgressStyle progress,
    Verbosity verbosity) {
  private static final String RANGE = "--range";
  private static final String COPY = "--copy";

  /**
   * Adds all that a conversion can be told, but INPUT.
   *
   * @param withOutput whether the options for what is beside the image are needed
   */
  static void addTo(CommandSpec spec, boolean withOutput) {
    addImageTo(spec);
    if (withOutput) {
      OutputOptions.addTo(spec);
    }
    spec.addOption(
            OptionSpecs.repeatable(HelpGroup.IMAGE, RANGE)
                .paramLabel("FROM-TO")
                .description(
                    "Only the bytes of the image from FROM up to but not including TO. FROM- goes"
                        + " to the end, --range=-TO starts at 0; K, M, G and T are understood.")
                .build())
        .addOption(
            OptionSpecs.flag(HelpGroup.CHANGES, COPY)
                .description(
                    "Send copies of the disk's bytes only, never pages of the page cache: for a"
                        + " disk that is written as soon as this has ended, and a reader that"
                        + " splices, such as pv.")
                .build())
        .addOption(ProgressStyle.option());
    Verbosity.addTo(spec);
  }

  /** Adds all that says what disk is read and what image it becomes. */
  static void addImageTo(CommandSpec spec) {
    // Flags, that is: everything else takes a list.
    spec.parser()
        .overwrittenOptionsAllowed(true)
        // A map may be called "map".
        .allowSubcommandsAsOptionParameters(true);
    HelpOptions.addTo(spec);
    ImageFormatOptions.addTo(spec);
    CompressionArguments.addTo(spec);
    CacheSize.addTo(spec);
    BackingOptions.addTo(spec);
    InputOptions.addTo(spec);
    InputOptions.addScanTo(spec);
  }

  /**
   * Reads and checks the arguments.
   *
   * @throws ParameterException if they are wrong
   */
  public static ConversionArguments of(ParseResult result) {
    try {
      // The image first: who says -c to compress has said no INPUT, and has to be told of -c.
      ImageOptionsBuilder settings = ImageFormatOptions.of(result);
      InputOptions source = InputOptions.of(result);
      Optional<BaseDisk> base = settings.backing().base();
      if (base.isPresent() && source.extentsOnly()) {
        throw new IllegalArgumentException(
            InputOptions.MAP_ONLY
                + " does not go with "
                + base.get().spelling()
                + ": what is to be compared has to be read");
      }
      ImageOptions options = settings.toOptions(source, base);
      if (options.rawDataFile() && source.map().isPresent()) {
        throw new IllegalArgumentException(
            "-R and --map contradict each other: -R maps every cluster; say one of them");
      }
      if (source.changes().content() && !options.dataInside()) {
        throw new IllegalArgumentException(
            ChangeOptions.VERIFY
                + " does not go with "
                + (options.rawDataFile() ? "-R" : "-d")
                + ": the data stays in INPUT and is not read a second time");
      }
      return new ConversionArguments(
          result.commandSpec().commandLine(),
          source,
          base,
          options,
          settings.keepsZeroes(),
          CompressionArguments.of(result, options.compression()),
          OutputOptions.of(result, options),
          CacheSize.of(result),
          ByteRange.parse(OptionSpecs.single(result, RANGE, ByteRange.ALL.text())),
          result.hasMatchedOption(COPY),
          ReportFormat.isJson(result, "human"),
          ProgressStyle.of(result),
          Verbosity.of(result));
    } catch (IllegalArgumentException e) {
      throw OptionSpecs.wrong(result, e);
    }
  }

  /** How clusters are compressed, for the conversion. */
  Optional<CompressionOptions> compressionOptions() {
    return compression.map(it -> it.options(cache.bytes(), source.spoolDirectory()));
  }

  /** The display of progress that is asked for. */
  public ProgressDisplay progressOn(StandardStreams streams) {
    return ProgressDisplay.of(progress, verbosity == Verbosity.QUIET, streams);
  }

  /** Files that nothing else may be written to, with what they are. */
  private Map<Path, String> taken() {
    Map<Path, String> taken = new HashMap<>();
    source.path().ifPresent(path -> taken.put(path, "INPUT too"));
    source.map().flatMap(DiskMapOption::path).ifPresent(path -> taken.put(path, "the map too"));
    base.flatMap(BaseDisk::path).ifPresent(path -> taken.put(path, "what INPUT is compared with"));
    return taken;
  }

  /** Opens what is to be written beside the stream. */
  SideOutputs openSideOutputs() throws IOException {
    return SideOutputs.open(output.targets(), taken());
  }

  /**
   * How it is noticed that the disk changes. What is rendered twice must be the same twice, and
   * where there are no times to tell (devices, NBD), only the content does.
   */
  ChangeDetection changesOf(Source disk) throws IOException {
    ChangeDetection changes = source.changes();
    boolean unguarded =
        output.wrapping().rendersTwice()
            && options.dataInside()
            && changes.sign() != ChangeSign.NOTHING
            && disk.identity().only(changes.sign()).stamp().isEmpty();
    return unguarded ? new ChangeDetection(changes.sign(), true) : changes;
  }

  /** What messages call INPUT. */
  String input() {
    return source.shownName();
  }

  /**
   * Opens the disk; the progress is that of spooling.
   *
   * @throws ParameterException if the disk shows that the arguments are wrong
   */
  Source open(StandardStreams streams, Progress progress) throws IOException {
    Source disk = source.open(streams, progress);
    if (options.dataFile().isPresent() && !isWholeFile(disk)) {
      disk.close();
      throw new ParameterException(
          commandLine,
          (options.rawDataFile() ? "-R" : "-d")
              + " needs all of a file: the guest reads the data file itself, from its first byte;"
              + (source.isStandardInput()
                  ? " redirect standard input from one"
                  : " leave out " + WindowOptions.OFFSET + " and " + WindowOptions.LENGTH));
    }
    return disk;
  }

  private boolean isWholeFile(Source disk) {
    return disk.size() == disk.identifiedSize()
        && (!source.isStandardInput() || disk.positionInFile().isPresent());
  }

  /**
   * Where the range ends in a stream of that size.
   *
   * @throws ParameterException if the stream ends before
   */
  long rangeEnd(long streamSize) {
    try {
      return range.endIn(streamSize);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(commandLine, e.getMessage(), e);
    }
  }

  /** What the commands that convert end with, for their help. */
  static Map<String, String> exitCodes() {
    Map<String, String> codes =
        ExitCode.help(
            "done, every byte written",
            "it could not be done; discard what the receiver got",
            "  3",
            "with --salvage: done, and what is lost of the disk is zeroes");
    codes.put("128+n", "ended by signal n");
    return codes;
  }
}
