package io.github.qcow2tostdout.cli.image;

import io.github.qcow2tostdout.cli.input.NamedDisk;
import io.github.qcow2tostdout.cli.option.HelpGroup;
import io.github.qcow2tostdout.cli.option.OptionSpecs;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** The options for images that hold differences, or zeroes, and their help. */
public final class BackingOptions {
  static final String BACKING = "--backing";
  static final String BACKING_FORMAT = "--backing-format";
  static final String BACKING_NAME = "--backing-name";
  static final String BACKING_NAME_FORMAT = "--backing-name-format";
  static final String DIFF = "--diff";
  static final String ZERO_CLUSTERS = "--zero-clusters";

  private BackingOptions() {}

  /** Adds the options. */
  public static void addTo(CommandSpec spec) {
    spec.addOption(
            OptionSpecs.repeatable(HelpGroup.DELTA, "-B", BACKING)
                .paramLabel("FILE")
                .description(
                    "Write a delta: only what differs from FILE.",
                    "The image names FILE as its backing file. What became zero is marked as zero"
                        + " (-v 2: stored).")
                .build())
        .addOption(
            HelpGroup.rare(OptionSpecs.repeatable(HelpGroup.DELTA, "-F", BACKING_FORMAT))
                .paramLabel("FMT")
                .completionCandidates(NamedDisk.FORMATS)
                .description(
                    "Format of FILE (default: raw).",
                    "A file that begins like a disk in another format is refused unless it is"
                        + " said.")
                .build())
        .addOption(
            OptionSpecs.repeatable(HelpGroup.DELTA, BACKING_NAME)
                .paramLabel("NAME")
                .description(
                    "What the image calls its backing file (default: FILE as given). QEMU looks for"
                        + " a relative name in the image's directory.")
                .build())
        .addOption(
            OptionSpecs.repeatable(HelpGroup.DELTA, BACKING_NAME_FORMAT)
                .paramLabel("FMT")
                .completionCandidates(BackingBuilder.NAMED_FORMATS)
                .description("Format of the file of that NAME, if it is not that of FILE.")
                .build())
        .addOption(
            OptionSpecs.repeatable(HelpGroup.DELTA, DIFF)
                .paramLabel("FILE")
                .description("As -B, but the image does not name FILE.")
                .build())
        .addOption(
            OptionSpecs.flag(HelpGroup.IMAGE, ZERO_CLUSTERS)
                .description(
                    "Map written zeroes as zero clusters instead of leaving them unallocated, as"
                        + " holes are; with --map-only all is data.")
                .build());
  }

  /** Reads them. */
  static void read(ParseResult result, ImageOptionsBuilder settings) {
    BackingBuilder backing = settings.backing();
    for (String value : OptionSpecs.values(result, BACKING)) {
      backing.file(value, "-B " + value);
    }
    for (String value : OptionSpecs.values(result, BACKING_FORMAT)) {
      backing.format(value, "-F " + value);
    }
    for (String value : OptionSpecs.values(result, BACKING_NAME)) {
      backing.name(value, BACKING_NAME + " " + value);
    }
    for (String value : OptionSpecs.values(result, BACKING_NAME_FORMAT)) {
      backing.nameFormat(value, BACKING_NAME_FORMAT + " " + value);
    }
    for (String value : OptionSpecs.values(result, DIFF)) {
      backing.diff(value, DIFF + " " + value);
    }
    if (result.hasMatchedOption(ZERO_CLUSTERS)) {
      settings.zeroClusters(ZERO_CLUSTERS);
    }
  }
}
