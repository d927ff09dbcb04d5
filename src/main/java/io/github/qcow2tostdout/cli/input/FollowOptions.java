package io.github.qcow2tostdout.cli.input;

import io.github.qcow2tostdout.cli.option.ByteSize;
import io.github.qcow2tostdout.cli.option.HelpGroup;
import io.github.qcow2tostdout.cli.option.OptionSpecs;
import io.github.qcow2tostdout.cli.option.Program;
import io.github.qcow2tostdout.cli.option.Verbosity;
import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import io.github.qcow2tostdout.format.Printable;
import io.github.qcow2tostdout.source.qemu.QemuAccess;
import java.time.Duration;
import java.util.OptionalLong;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * Whether what an image names is opened, and what QEMU may do where it reads it.
 *
 * @param follow whether files that the image names are opened
 * @param openTimeout how long it may take to open it
 * @param memory bytes of address space that it may have
 * @param quiet whether nothing is said of it
 */
public record FollowOptions(boolean follow, Duration openTimeout, long memory, boolean quiet) {
  static final String FOLLOW = "--follow";
  static final String OPEN_TIMEOUT = "--open-timeout";
  static final String QEMU_MEMORY = "--qemu-memory";

  /** With less QEMU does not come as far as to say that it is too little. */
  private static final long MIN_MEMORY = 64L << 20;

  private static final int MAX_SECONDS = 1_000_000_000;

  /** Adds the options. */
  public static void addTo(CommandSpec spec) {
    spec.addOption(
            OptionSpecs.flag(HelpGroup.INPUT, FOLLOW)
                .description(
                    "With -f or -F: open the files that the image names, and those that they name:"
                        + " backing files, data files, extents. Each is said on standard error.")
                .build())
        .addOption(
            OptionSpecs.repeatable(HelpGroup.INPUT, OPEN_TIMEOUT)
                .paramLabel("SECONDS")
                .description("How long QEMU may take to open an image (default: 30).")
                .build())
        .addOption(
            OptionSpecs.repeatable(HelpGroup.INPUT, QEMU_MEMORY)
                .paramLabel("SIZE")
                .description("How much address space QEMU may have (default: 2G).")
                .build());
  }

  /**
   * Reads and checks them.
   *
   * @throws IllegalArgumentException with a message for the user, if they are wrong
   */
  public static FollowOptions of(ParseResult result) {
    return new FollowOptions(
        result.hasMatchedOption(FOLLOW),
        timeout(
            OptionSpecs.single(
                result, OPEN_TIMEOUT, Long.toString(QemuAccess.OPEN_TIMEOUT.toSeconds()))),
        memory(OptionSpecs.single(result, QEMU_MEMORY, Long.toString(QemuAccess.MEMORY))),
        Verbosity.isQuiet(result));
  }

  private static Duration timeout(String text) {
    OptionalLong seconds =
        text.chars().allMatch(c -> c >= '0' && c <= '9')
            ? ByteSize.parse(text)
            : OptionalLong.empty();
    if (seconds.isEmpty() || seconds.getAsLong() < 1 || seconds.getAsLong() > MAX_SECONDS) {
      throw new IllegalArgumentException(
          OPEN_TIMEOUT + " " + text + ": not a number of seconds; allowed: 1 to " + MAX_SECONDS);
    }
    return Duration.ofSeconds(seconds.getAsLong());
  }

  private static long memory(String text) {
    OptionalLong size = ByteSize.parse(text);
    if (size.isEmpty() || size.getAsLong() < MIN_MEMORY) {
      throw new IllegalArgumentException(
          QEMU_MEMORY
              + " "
              + text
              + ": not enough bytes; allowed: "
              + ByteSize.of(MIN_MEMORY)
              + " and more");
    }
    return size.getAsLong();
  }

  /**
   * The same for the library.
   *
   * @param forceShare whether QEMU reads also what another QEMU may write to
   */
  public QemuAccess access(StandardStreams streams, boolean forceShare) {
    return new QemuAccess(
        follow,
        forceShare,
        openTimeout,
        memory,
        said -> {
          if (!quiet) {
            streams.err().println(Program.NAME + ": " + Printable.masked(said));
          }
        });
  }
}
