package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.cli.image.ImageFormatOptions;
import io.github.qcow2tostdout.cli.image.ImageOptionsBuilder;
import io.github.qcow2tostdout.cli.input.ChangeOptions;
import io.github.qcow2tostdout.cli.input.InputOptions;
import io.github.qcow2tostdout.cli.option.OptionSpecs;
import io.github.qcow2tostdout.cli.option.ProgressStyle;
import io.github.qcow2tostdout.cli.option.ReportFormat;
import io.github.qcow2tostdout.cli.option.Verbosity;
import io.github.qcow2tostdout.cli.terminal.ExitCode;
import io.github.qcow2tostdout.format.Geometry;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * What {@code map} is told.
 *
 * @param source what is read
 * @param json whether the map is JSON
 * @param zeroTest the clusters that are tested for zeroes; empty if none are
 * @param progress how progress is shown
 * @param quiet whether nothing but errors goes to standard error
 */
public record MapOptions(
    InputOptions source,
    boolean json,
    Optional<Geometry> zeroTest,
    ProgressStyle progress,
    boolean quiet) {
  public static final String NAME = "map";

  private static final String ZERO_TEST = "--zero-test";

  /** The command. */
  public static CommandSpec spec() {
    CommandSpec map = Subcommand.spec(NAME, "INPUT");
    map.addOption(
            ReportFormat.output(
                "'json' (default) or 'human'.",
                "JSON has the keys of qemu-img map; for people it is a table of the data."))
        .addOption(
            OptionSpecs.flag(ZERO_TEST)
                .description(
                    "Leave out what is data but holds zeroes.",
                    "It is read for that: a map of what the conversion would store.")
                .build())
        .addOption(
            OptionSpecs.repeatable("-c", ImageFormatOptions.CLUSTER_SIZE)
                .paramLabel("SIZE")
                .completionCandidates(ImageOptionsBuilder.CLUSTER_SIZES)
                .description("Size of what is tested (default: 64K).", "512 to 2M.")
                .build());
    InputOptions.addTo(map);
    map.addOption(ProgressStyle.option())
        .addOption(Verbosity.quiet("Nothing on standard error but errors."))
        .addOption(Verbosity.trace());
    InputOptions.addInput(map, "The raw disk, as for the conversion.");
    map.usageMessage()
        .description(
            "Prints where a disk holds data, and where it is zero, in the form of qemu-img map. A"
                + " conversion with --map reads it: on another machine, or of a device that knows"
                + " no holes.",
            "")
        .footer(
            "  qcow2-to-stdout map --output=human disk.raw",
            "  ssh host qcow2-to-stdout map --zero-test /srv/disk.raw > disk.map",
            "  qcow2-to-stdout --map disk.map --map-only /dev/mapper/disk > disk.qcow2")
        .exitCodeList(
            ExitCode.help(
                "done, the map is whole",
                "it could not be done; discard what there is of the map"));
    return map;
  }

  /**
   * Reads and checks the arguments.
   *
   * @throws ParameterException if they are wrong
   */
  public static MapOptions of(ParseResult result) {
    try {
      InputOptions source = InputOptions.of(result);
      if (source.changes().content()) {
        throw new IllegalArgumentException(
            ChangeOptions.DETECT_CHANGE + "=verify needs a conversion: a map reads the disk once");
      }
      return new MapOptions(
          source,
          ReportFormat.isJson(result, "json"),
          zeroTest(result),
          ProgressStyle.of(result),
          Verbosity.isQuiet(result));
    } catch (IllegalArgumentException e) {
      throw OptionSpecs.wrong(result, e);
    }
  }

  private static Optional<Geometry> zeroTest(ParseResult result) {
    ImageOptionsBuilder settings = new ImageOptionsBuilder();
    for (String value : OptionSpecs.values(result, ImageFormatOptions.CLUSTER_SIZE)) {
      if (!result.hasMatchedOption(ZERO_TEST)) {
        throw new IllegalArgumentException(
            "-c " + value + " needs " + ZERO_TEST + ": nothing else is done by clusters");
      }
      settings.clusterSize(value, "-c " + value);
    }
    return result.hasMatchedOption(ZERO_TEST) ? Optional.of(settings.geometry()) : Optional.empty();
  }
}
