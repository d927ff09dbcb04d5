package io.github.qcow2tostdout.cli.image;

import io.github.qcow2tostdout.cli.option.ByteSize;
import io.github.qcow2tostdout.cli.option.HelpGroup;
import io.github.qcow2tostdout.cli.option.OptionSpecs;
import io.github.qcow2tostdout.posix.AvailableMemory;
import java.util.OptionalLong;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * How much is kept in memory from the first pass for the second.
 *
 * @param said bytes; empty for what the machine can spare
 */
public record CacheSize(OptionalLong said) {
  static final String CACHE = "--cache";

  /** Adds the option. */
  public static void addTo(CommandSpec spec) {
    spec.addOption(
        OptionSpecs.repeatable(HelpGroup.COMPRESSION, CACHE)
            .paramLabel("SIZE")
            .description(
                "How much is kept in memory (default: a quarter of what is free) of compressed"
                    + " data, and of an NBD export that is far away. What does not fit is"
                    + " compressed, or read, again when it is written.")
            .build());
  }

  /**
   * What the arguments say.
   *
   * @throws IllegalArgumentException with a message for the user, if they are wrong
   */
  public static CacheSize of(ParseResult result) {
    String text = OptionSpecs.single(result, CACHE, "");
    OptionalLong size = ByteSize.parse(text);
    if (!text.isEmpty() && size.isEmpty()) {
      throw OptionSpecs.refused(CACHE + " " + text, "bytes, or with K, M, G or T");
    }
    return new CacheSize(size);
  }

  /** Bytes. */
  public long bytes() {
    return said.orElseGet(() -> AvailableMemory.bytes() / 4);
  }
}
