package io.github.qcow2tostdout.cli;

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
 * @param progress how progress is shown: {@code bar}, {@code json} or empty
 * @param quiet whether nothing but errors goes to standard error
 */
record MapOptions(
    InputOptions source,
    boolean json,
    Optional<Geometry> zeroTest,
    String progress,
    boolean quiet) {
  static final String NAME = "map";

  private static final String ZERO_TEST = "--zero-test";

  /** The command. */
  static CommandSpec spec() {
    CommandSpec map = Subcommand.spec(NAME, "INPUT");
    map.addOption(
            Options.repeatable(Options.OUTPUT)
                .paramLabel("FORMAT")
                .description(
                    "'json' (default), with the keys of qemu-img map, or 'human': a table of the"
                        + " data.")
                .build())
        .addOption(
            Options.flag(ZERO_TEST)
                .description(
                    "Read the data and leave out clusters that are zero: a map of what the"
                        + " conversion would store.")
                .build())
        .addOption(
            Options.repeatable("-c", Options.CLUSTER_SIZE)
                .paramLabel("SIZE")
                .description("Size of the clusters that are tested, 512 to 2M (default: 64K).")
                .build());
    InputOptions.addTo(map);
    map.addOption(Options.progress())
        .addOption(
            Options.flag("-q", Options.QUIET)
                .description("Nothing on standard error but errors.")
                .build());
    InputOptions.addInput(map, "The raw disk, as for the conversion.");
    map.usageMessage()
        .description(
            "Prints where a disk holds data and where it is zero, in the form of qemu-img map, for"
                + " the option --map of a conversion: one that can't ask for itself, or elsewhere.",
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
  static MapOptions of(ParseResult result) {
    try {
      InputOptions source = InputOptions.of(result);
      if (source.changes().content()) {
        throw new IllegalArgumentException(
            ChangeOptions.DETECT_CHANGE + "=verify needs a conversion: a map reads the disk once");
      }
      return new MapOptions(
          source,
          Arguments.isJson(result, "json"),
          zeroTest(result),
          Arguments.progress(result),
          result.hasMatchedOption(Options.QUIET));
    } catch (IllegalArgumentException e) {
      throw Arguments.wrong(result, e);
    }
  }

  private static Optional<Geometry> zeroTest(ParseResult result) {
    ImageSettings settings = new ImageSettings();
    for (String value : Options.values(result, Options.CLUSTER_SIZE)) {
      if (!result.hasMatchedOption(ZERO_TEST)) {
        throw new IllegalArgumentException(
            "-c " + value + " needs " + ZERO_TEST + ": nothing else is done by clusters");
      }
      settings.clusterSize(value, "-c " + value);
    }
    return result.hasMatchedOption(ZERO_TEST) ? Optional.of(settings.geometry()) : Optional.empty();
  }
}
