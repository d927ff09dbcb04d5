package io.github.qcow2tostdout.cli.input;

import io.github.qcow2tostdout.cli.option.ByteSize;
import io.github.qcow2tostdout.cli.option.HelpGroup;
import io.github.qcow2tostdout.cli.option.OptionSpecs;
import io.github.qcow2tostdout.saved.OpenedAs;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.source.WindowSource;
import java.nio.file.FileSystemException;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The part of INPUT that is the disk.
 *
 * @param commandLine for errors in it that are found later
 * @param offset its first byte
 * @param length how many bytes it has; empty for all that there are
 */
public record WindowOptions(CommandLine commandLine, long offset, OptionalLong length) {
  public static final String OFFSET = "--offset";
  public static final String LENGTH = "--length";

  /** Adds the options. */
  static void addTo(CommandSpec spec) {
    spec.addOption(
            OptionSpecs.repeatable(HelpGroup.INPUT, OFFSET)
                .paramLabel("SIZE")
                .description(
                    "The disk begins at this byte of INPUT, as a partition does; K, M, G and T are"
                        + " understood.")
                .build())
        .addOption(
            OptionSpecs.repeatable(HelpGroup.INPUT, LENGTH)
                .paramLabel("SIZE")
                .description(
                    "The disk has so many bytes (default: up to the end of INPUT); fewer in INPUT"
                        + " are an error, and an INPUT without any is one unless this is 0.")
                .build());
  }

  /**
   * Reads them.
   *
   * @param before what is taken where nothing is said
   * @throws IllegalArgumentException with a message for the user, if they are wrong
   */
  static WindowOptions of(ParseResult result, Optional<OpenedAs> before) {
    String offset =
        OptionSpecs.single(
            result, OFFSET, before.isPresent() ? Long.toString(before.get().offset()) : "0");
    String length = OptionSpecs.single(result, LENGTH, "");
    OptionalLong bytes =
        result.hasMatchedOption(LENGTH)
            ? size(LENGTH, length)
            : before.isPresent() ? before.get().length() : OptionalLong.empty();
    return new WindowOptions(
        result.commandSpec().commandLine(), size(OFFSET, offset).getAsLong(), bytes);
  }

  /** All of INPUT. */
  static WindowOptions all(CommandLine commandLine) {
    return new WindowOptions(commandLine, 0, OptionalLong.empty());
  }

  static OptionalLong size(String option, String text) {
    OptionalLong size = ByteSize.parse(text);
    if (size.isEmpty()) {
      throw new IllegalArgumentException(
          option + " " + text + ": not a number of bytes; allowed: digits, or with K, M, G or T");
    }
    return size;
  }

  /**
   * Refuses a disk that has no byte, unless that is what was said: mostly what should have written
   * it has failed.
   */
  void refuseEmpty(String name) throws FileSystemException {
    if (!length.equals(OptionalLong.of(0))) {
      throw new FileSystemException(
          name,
          null,
          "is empty; did the command that should write to it fail? For a disk of 0 bytes say "
              + LENGTH
              + " 0");
    }
  }

  /** How many bytes the window takes at most. */
  long most() {
    return Math.min(length.orElse(Long.MAX_VALUE), Long.MAX_VALUE - offset);
  }

  /**
   * The part of a disk.
   *
   * @throws ParameterException if the disk does not have it
   */
  Source over(Source whole) {
    check(whole.name(), whole.size());
    return WindowSource.of(whole, offset, length.orElse(whole.size() - offset));
  }

  /**
   * Refuses a window that something of that size does not have.
   *
   * @throws ParameterException with the numbers
   */
  void check(String name, long size) {
    String have = " of " + name + ", which has " + size + " bytes";
    // At the very end nothing is left, and that is no disk; an empty INPUT may be one.
    if (offset > 0 && offset >= size) {
      throw new ParameterException(
          commandLine, OFFSET + " " + offset + " is not before the end" + have);
    }
    if (length.isPresent() && length.getAsLong() > size - offset) {
      throw new ParameterException(
          commandLine,
          (offset == 0 ? "" : OFFSET + " " + offset + " ")
              + LENGTH
              + " "
              + length.getAsLong()
              + " goes beyond the end"
              + have);
    }
  }
}
