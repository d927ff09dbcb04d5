package io.github.qcow2tostdout.cli;

import io.github.qcow2tostdout.convert.ImageOptions;
import io.github.qcow2tostdout.source.FileSource;
import io.github.qcow2tostdout.source.Source;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * What both commands are told.
 *
 * @param commandLine for errors in it that are found later
 * @param input as the user gave it
 * @param path where that is
 * @param sparse whether the file system is asked for holes
 * @param options what image is asked for
 * @param range what part of it
 * @param json whether a report is wanted as JSON
 * @param progress how progress is shown: {@code bar}, {@code json} or empty
 * @param verbosity how much is said
 */
record Arguments(
    CommandLine commandLine,
    String input,
    Path path,
    boolean sparse,
    ImageOptions options,
    ByteRange range,
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
    CommandLine commandLine = result.commandSpec().commandLine();
    try {
      refuseFormats(result);
      if (!result.hasMatchedPositional(0)) {
        throw new IllegalArgumentException("INPUT is missing; say which disk to read");
      }
      String input = result.matchedPositionalValue(0, "");
      return new Arguments(
          commandLine,
          input,
          path(input),
          !result.hasMatchedOption(Options.NO_SPARSE),
          imageOptions(result, input),
          ByteRange.parse(single(result, Options.RANGE, ByteRange.ALL.text())),
          isJson(result),
          progress(result),
          verbosity(result));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(commandLine, e.getMessage(), e);
    }
  }

  /** Opens the disk. */
  Source open() throws IOException {
    return FileSource.open(path, sparse);
  }

  /**
   * Where the range ends in an image of that size.
   *
   * @throws ParameterException if the image ends before
   */
  long rangeEnd(long imageSize) {
    try {
      return range.endIn(imageSize);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(commandLine, e.getMessage(), e);
    }
  }

  private static void refuseFormats(ParseResult result) {
    for (String format : values(result, Options.INPUT_FORMAT)) {
      if (!format.equals("raw")) {
        throw new IllegalArgumentException(
            "-f " + format + ": reading this format is not there yet; allowed: raw");
      }
    }
  }

  private static Path path(String input) {
    if (input.isEmpty()) {
      throw new IllegalArgumentException("INPUT is empty");
    }
    if (input.equals("-")) {
      throw new IllegalArgumentException(
          "-: reading standard input is not there yet; give a file, or ./- for one of that name");
    }
    try {
      return Path.of(input);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(input + ": not a file name: " + e.getReason(), e);
    }
  }

  private static ImageOptions imageOptions(ParseResult result, String input) {
    ImageSettings settings = new ImageSettings();
    for (String value : values(result, Options.CLUSTER_SIZE)) {
      settings.clusterSize(value, "-c " + value);
    }
    for (String value : values(result, Options.REFCOUNT_BITS)) {
      settings.refcountBits(value, "-r " + value);
    }
    for (String value : values(result, Options.VERSION)) {
      settings.version(value, "-v " + value);
    }
    for (String value : values(result, Options.DATA_FILE_NAME)) {
      settings.dataFileName(value, Options.DATA_FILE_NAME + " " + value);
    }
    if (result.hasMatchedOption(Options.DATA_FILE)) {
      settings.dataFile("-d");
    }
    if (result.hasMatchedOption(Options.DATA_FILE_RAW)) {
      settings.dataFileRaw("-R");
    }
    for (String value : values(result, Options.QEMU_OPTIONS)) {
      settings.qemuOptions(value);
    }
    return settings.toOptions(input);
  }

  private static String[] values(ParseResult result, String option) {
    return result.matchedOptionValue(option, new String[0]);
  }

  /** The value of an option that may be said again if it says the same. */
  private static String single(ParseResult result, String option, String otherwise) {
    String[] values = values(result, option);
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

  private static boolean isJson(ParseResult result) {
    return switch (single(result, Options.OUTPUT, "human")) {
      case "human" -> false;
      case "json" -> true;
      case String other ->
          throw new IllegalArgumentException(
              Options.OUTPUT + " " + other + ": not allowed; allowed: human, json");
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
