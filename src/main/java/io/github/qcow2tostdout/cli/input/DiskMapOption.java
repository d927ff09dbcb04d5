package io.github.qcow2tostdout.cli.input;

import io.github.qcow2tostdout.cli.option.FileName;
import io.github.qcow2tostdout.cli.option.HelpGroup;
import io.github.qcow2tostdout.cli.option.OptionSpecs;
import io.github.qcow2tostdout.cli.option.Program;
import io.github.qcow2tostdout.cli.terminal.StandardInput;
import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import io.github.qcow2tostdout.report.map.DiskMapReader;
import io.github.qcow2tostdout.source.MappedSource;
import io.github.qcow2tostdout.source.Source;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * A map of the disk that the user has from elsewhere.
 *
 * @param path the file that it is in; empty for standard input
 */
public record DiskMapOption(Optional<Path> path) {
  static final String MAP = "--map";

  /** Adds the option. */
  static void addTo(CommandSpec spec) {
    spec.addOption(
        OptionSpecs.repeatable(HelpGroup.INPUT, MAP)
            .paramLabel("FILE")
            .description(
                "Where INPUT holds data, from elsewhere: what 'qemu-img map --output=json', 'rbd"
                    + " diff --format=json' or 'qcow2-to-stdout map' prints; - is standard input."
                    + " What it does not call data is not read, and is zero.")
            .build());
  }

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException with a message for the user, if it is wrong
   */
  static Optional<DiskMapOption> of(ParseResult result) {
    if (!result.hasMatchedOption(MAP)) {
      return Optional.empty();
    }
    String name = OptionSpecs.single(result, MAP, "");
    if (name.isEmpty()) {
      throw new IllegalArgumentException(MAP + ": the name is empty");
    }
    if (name.equals(StandardInput.ARGUMENT)) {
      return Optional.of(new DiskMapOption(Optional.empty()));
    }
    FileName.noAddress(name, "curl -f URI | " + Program.NAME + " --map - INPUT");
    try {
      return Optional.of(new DiskMapOption(Optional.of(Path.of(name))));
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(
          MAP + " " + name + ": not a file name: " + e.getReason(), e);
    }
  }

  /** Whether it is read from standard input. */
  boolean isStandardInput() {
    return path.isEmpty();
  }

  /** The disk, with data where the map says. */
  Source over(Source disk, StandardStreams streams) throws IOException {
    String name = path.map(Path::toString).orElse(StandardInput.NAME);
    try (InputStream in =
        path.isPresent()
            ? Files.newInputStream(path.get())
            : new StandardInput(streams).stream("a map")) {
      return new MappedSource(disk, new DiskMapReader(name, disk.size()).read(in));
    }
  }
}
