package io.github.qcow2tostdout.cli;

import io.github.qcow2tostdout.convert.ScanOptions;
import io.github.qcow2tostdout.source.Source;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/**
 * What is read, and how: the part of the command line that all commands with an INPUT share.
 *
 * @param input as the user gave it
 * @param opener how that is opened
 * @param sparse whether the file system is asked for holes
 * @param extentsOnly whether data extents count as data without a look at them
 */
record InputOptions(String input, SourceOpener opener, boolean sparse, boolean extentsOnly) {
  static final String FORMAT = "--input-format";
  static final String NO_SPARSE = "--no-sparse";
  static final String MAP_ONLY = "--map-only";

  /** Adds the options; the argument INPUT is added by {@link #addInput}. */
  static void addTo(CommandSpec spec) {
    spec.addOption(
            Options.repeatable("-f", FORMAT)
                .paramLabel("FMT")
                .description("Format of INPUT: raw, which is the only one so far.")
                .build())
        .addOption(
            Options.flag(NO_SPARSE)
                .description("Don't ask the file system for holes, read everything.")
                .build())
        .addOption(
            Options.flag(MAP_ONLY)
                .description(
                    "Take what is not a hole for data, without looking for zeroes in it: nothing is"
                        + " read before the image is written.")
                .build());
  }

  /** Adds the argument. */
  static void addInput(CommandSpec spec, String description) {
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
  static InputOptions of(ParseResult result) {
    if (!result.hasMatchedPositional(0)) {
      throw new IllegalArgumentException("INPUT is missing; say which disk to read");
    }
    String input = result.matchedPositionalValue(0, "");
    boolean sparse = !result.hasMatchedOption(NO_SPARSE);
    boolean extentsOnly = result.hasMatchedOption(MAP_ONLY);
    if (extentsOnly && !sparse) {
      throw new IllegalArgumentException(
          MAP_ONLY + " and " + NO_SPARSE + " contradict each other; say one of them");
    }
    return new InputOptions(input, opener(input, result), sparse, extentsOnly);
  }

  /** Opens the disk. */
  Source open() throws IOException {
    return opener.open(sparse);
  }

  /** How it is decided what is allocated. */
  ScanOptions scan() {
    return new ScanOptions(extentsOnly);
  }

  /** The file that is read, if it is one. */
  Optional<Path> path() {
    return opener.path();
  }

  private static SourceOpener opener(String input, ParseResult result) {
    if (input.isEmpty()) {
      throw new IllegalArgumentException("INPUT is empty");
    }
    if (input.equals("-")) {
      throw new IllegalArgumentException(
          "-: reading standard input is not there yet; give a file, or ./- for one of that name");
    }
    return SourceOpener.of(input, Optional.of(Arguments.single(result, FORMAT, SourceOpener.RAW)));
  }
}
