package io.github.qcow2tostdout.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** The options for images that hold differences, or zeroes, and their help. */
final class BackingOptions {
  static final String BACKING = "--backing";
  static final String BACKING_FORMAT = "--backing-format";
  static final String BACKING_NAME = "--backing-name";
  static final String BACKING_NAME_FORMAT = "--backing-name-format";
  static final String DIFF = "--diff";
  static final String ZERO_CLUSTERS = "--zero-clusters";

  private BackingOptions() {}

  /** Adds the options. */
  static void addTo(CommandSpec spec) {
    spec.addOption(
            Options.repeatable("-B", BACKING)
                .paramLabel("FILE")
                .description(
                    "Write a delta: only what differs from FILE, which the image names as its"
                        + " backing file. What became zero is marked as zero (-v 2: stored).")
                .build())
        .addOption(
            Options.repeatable("-F", BACKING_FORMAT)
                .paramLabel("FMT")
                .description(
                    "Format of FILE (default: raw; a file that begins like a disk in another format"
                        + " is refused).")
                .build())
        .addOption(
            Options.repeatable(BACKING_NAME)
                .paramLabel("NAME")
                .description(
                    "What the image calls its backing file (default: FILE as given). QEMU looks for"
                        + " a relative name in the image's directory.")
                .build())
        .addOption(
            Options.repeatable(BACKING_NAME_FORMAT)
                .paramLabel("FMT")
                .description("Format of the file of that NAME, if it is not that of FILE.")
                .build())
        .addOption(
            Options.repeatable(DIFF)
                .paramLabel("FILE")
                .description("As -B, but the image does not name FILE.")
                .build())
        .addOption(
            Options.flag(ZERO_CLUSTERS)
                .description(
                    "Map written zeroes as zero clusters instead of leaving them unallocated, as"
                        + " holes are; with --map-only all is data.")
                .build());
  }

  /** Reads them. */
  static void read(ParseResult result, ImageSettings settings) {
    BackingSettings backing = settings.backing();
    for (String value : Options.values(result, BACKING)) {
      backing.file(value, "-B " + value);
    }
    for (String value : Options.values(result, BACKING_FORMAT)) {
      backing.format(value, "-F " + value);
    }
    for (String value : Options.values(result, BACKING_NAME)) {
      backing.name(value, BACKING_NAME + " " + value);
    }
    for (String value : Options.values(result, BACKING_NAME_FORMAT)) {
      backing.nameFormat(value, BACKING_NAME_FORMAT + " " + value);
    }
    for (String value : Options.values(result, DIFF)) {
      backing.diff(value, DIFF + " " + value);
    }
    if (result.hasMatchedOption(ZERO_CLUSTERS)) {
      settings.zeroClusters(ZERO_CLUSTERS);
    }
  }
}
