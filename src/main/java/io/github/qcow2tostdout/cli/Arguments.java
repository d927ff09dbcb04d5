package io.github.qcow2tostdout.cli;

import io.github.qcow2tostdout.convert.CompressionOptions;
import io.github.qcow2tostdout.plan.ImageOptions;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
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
 * @param range what part of it
 * @param copying whether nothing of the disk goes out by reference
 * @param json whether a report is wanted as JSON
 * @param progress how progress is shown: {@code bar}, {@code json} or empty
 * @param verbosity how much is said
 */
record Arguments(
    CommandLine commandLine,
    InputOptions source,
    Optional<BaseOptions> base,
    ImageOptions options,
    boolean keepZeroes,
    Optional<CompressionArguments> compression,
    OutputArguments output,
    ByteRange range,
    boolean copying,
    boolean json,
    String progress,
    Verbosity verbosity) {

  /** How much is said on standard error. */
  enum Verbosity {
    QUIET,
    NORMAL,
    VERBOSE
  }

  /**
   * Reads and checks the arguments.
   *
   * @throws ParameterException if they are wrong
   */
  static Arguments of(ParseResult result) {
    try {
      InputOptions source = InputOptions.of(result);
      ImageSettings settings = imageSettings(result);
      Optional<BaseOptions> base = settings.backing().base();
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
      return new Arguments(
          result.commandSpec().commandLine(),
          source,
          base,
          options,
          settings.keepsZeroes(),
          CompressionArguments.of(result, options.compression()),
          OutputArguments.of(result, options),
          ByteRange.parse(single(result, Options.RANGE, ByteRange.ALL.text())),
          result.hasMatchedOption(Options.COPY),
          isJson(result, "human"),
          progress(result),
          verbosity(result));
    } catch (IllegalArgumentException e) {
      throw wrong(result, e);
    }
  }

  /** What is wrong with the arguments, as an error of the command line. */
  static ParameterException wrong(ParseResult result, IllegalArgumentException e) {
    return new ParameterException(result.commandSpec().commandLine(), e.getMessage(), e);
  }

  /** How clusters are compressed, for the conversion. */
  Optional<CompressionOptions> compressionOptions() {
    return compression.map(it -> it.options(source.spoolDirectory()));
  }

  /** Files that nothing else may be written to, with what they are. */
  Map<Path, String> taken() {
    if (output.targets().isEmpty()) {
      return Map.of();
    }
    Map<Path, String> taken = new HashMap<>();
    taken.put(OutputDescriptor.PATH, "standard output too");
    source.path().ifPresent(path -> taken.put(path, "INPUT too"));
    source.map().flatMap(MapOption::path).ifPresent(path -> taken.put(path, "the map too"));
    base.flatMap(BaseOptions::path)
        .ifPresent(path -> taken.put(path, "what INPUT is compared with"));
    return taken;
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
                  : " leave out " + InputWindow.OFFSET + " and " + InputWindow.LENGTH));
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

  private static ImageSettings imageSettings(ParseResult result) {
    ImageSettings settings = new ImageSettings();
    for (String value : Options.values(result, Options.CLUSTER_SIZE)) {
      settings.clusterSize(value, "-c " + value);
    }
    for (String value : Options.values(result, Options.REFCOUNT_BITS)) {
      settings.refcountBits(value, "-r " + value);
    }
    for (String value : Options.values(result, Options.VERSION)) {
      settings.version(value, "-v " + value);
    }
    for (String value : Options.values(result, Options.DATA_FILE_NAME)) {
      settings.dataFileName(value, Options.DATA_FILE_NAME + " " + value);
    }
    if (result.hasMatchedOption(Options.DATA_FILE)) {
      settings.dataFile("-d");
    }
    if (result.hasMatchedOption(Options.DATA_FILE_RAW)) {
      settings.dataFileRaw(true, "-R");
    }
    for (String value : Options.values(result, CompressionArguments.COMPRESS)) {
      if (value.equals(CompressionArguments.UNSAID)) {
        settings.compress("-z");
      } else {
        settings.compress("-z");
        settings.compressionType(value, CompressionArguments.COMPRESS + "=" + value);
      }
    }
    BackingOptions.read(result, settings);
    for (String value : Options.values(result, Options.QEMU_OPTIONS)) {
      new QemuOptions(settings).take(value);
    }
    return settings;
  }

  /** The value of an option that may be said again if it says the same. */
  static String single(ParseResult result, String option, String otherwise) {
    String[] values = Options.values(result, option);
    for (String value : values) {
      if (!value.equals(values[0])) {
        throw new IllegalArgumentException(
            option
                + "="
                + values[0]
                + " and "
                + option
                + "="
                + value
                + " contradict each other; say it once");
      }
    }
    return values.length == 0 ? otherwise : values[0];
  }

  /**
   * Whether a report is to be JSON, said by {@code -j} or by {@code --output}.
   *
   * @throws IllegalArgumentException with a message for the user, if they contradict each other
   */
  static boolean isJsonReport(ParseResult result) {
    boolean flag = result.hasMatchedOption(Options.JSON);
    String output = single(result, Options.OUTPUT, "");
    if (output.isEmpty()) {
      return flag;
    }
    boolean json = isJson(output, "human");
    if (flag && !json) {
      throw new IllegalArgumentException(
          Options.JSON + " and --output human contradict each other; say one of them");
    }
    return json;
  }

  /** Whether a report is to be JSON, by the option; it may be said again. */
  static boolean isJson(ParseResult result, String otherwise) {
    return isJson(single(result, Options.OUTPUT, otherwise), otherwise);
  }

  /**
   * Whether a report is to be JSON.
   *
   * @param output what is asked for
   * @param otherwise what would be if nothing were
   */
  static boolean isJson(String output, String otherwise) {
    return switch (output) {
      case "human" -> false;
      case "json" -> true;
      default ->
          throw new IllegalArgumentException(
              Options.OUTPUT
                  + " "
                  + output
                  + ": not allowed; allowed: "
                  + (otherwise.equals("json") ? "json, human" : "human, json"));
    };
  }

  /** How progress is to be shown: {@code bar}, {@code json} or empty. */
  static String progress(ParseResult result) {
    String progress = single(result, Options.PROGRESS, "");
    return switch (progress) {
      case "", Options.PROGRESS_BAR, Options.PROGRESS_JSON -> progress;
      default ->
          throw new IllegalArgumentException(
              Options.PROGRESS + "=" + progress + ": not allowed; allowed: bar, json");
    };
  }

  private static Verbosity verbosity(ParseResult result) {
    boolean quiet = result.hasMatchedOption(Options.QUIET);
    boolean verbose = result.hasMatchedOption(Options.VERBOSE);
    if (quiet && verbose) {
      throw new IllegalArgumentException(
          Options.QUIET + " and " + Options.VERBOSE + " contradict each other; say one of them");
    }
    return quiet ? Verbosity.QUIET : verbose ? Verbosity.VERBOSE : Verbosity.NORMAL;
  }
}
