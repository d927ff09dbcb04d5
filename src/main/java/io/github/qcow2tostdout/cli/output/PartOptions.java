package io.github.qcow2tostdout.cli.output;

import io.github.qcow2tostdout.cli.option.ByteRange;
import io.github.qcow2tostdout.cli.option.HelpGroup;
import io.github.qcow2tostdout.cli.option.OptionSpecs;
import io.github.qcow2tostdout.codec.DigestAlgorithm;
import io.github.qcow2tostdout.codec.DigestValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * What part of the stream is wanted.
 *
 * @param range that it is
 * @param prefix what the bytes before it must come to, if that is to be seen to
 */
public record PartOptions(ByteRange range, Optional<DigestValue> prefix) {
  static final String EXPECT_PREFIX = "--expect-prefix";

  /** Adds the option that is always there. */
  public static void addRangeTo(CommandSpec spec) {
    spec.addOption(
        OptionSpecs.repeatable(HelpGroup.PARTS, ByteRange.RANGE)
            .paramLabel("FROM-TO")
            .description(
                "Only the bytes of the image from FROM up to but not including TO. FROM- goes to"
                    + " the end, --range=-TO starts at 0; K, M, G and T are understood.")
            .build());
  }

  /** Adds the others. */
  public static void addTo(CommandSpec spec) {
    spec.addOption(
            OptionSpecs.repeatable(HelpGroup.PARTS, ByteRange.PART)
                .paramLabel("N/SIZE")
                .description(
                    "Only part N of the image, which is cut into parts of SIZE bytes; the first is"
                        + " 1, the last may be shorter. 'parts' says which there are.")
                .build())
        .addOption(
            OptionSpecs.repeatable(HelpGroup.PARTS, ByteRange.SKIP)
                .paramLabel("N")
                .description(
                    "All but the first N bytes of the image: what is missing where N have arrived.")
                .build());
  }

  /** Adds the option for those who write. */
  public static void addPrefixTo(CommandSpec spec) {
    spec.addOption(
        OptionSpecs.repeatable(HelpGroup.PARTS, EXPECT_PREFIX)
            .paramLabel("ALG:HEX")
            .description(
                "With --skip: what has arrived has this digest ("
                    + DigestAlgorithm.words()
                    + "). The same bytes are computed first, without output; if they differ,"
                    + " nothing is written.")
            .build());
  }

  /** Whether an argument may be one of those that are not always there. */
  static boolean mayBe(String argument) {
    return argument.startsWith(ByteRange.PART)
        || argument.startsWith(ByteRange.SKIP)
        || argument.startsWith(EXPECT_PREFIX);
  }

  /**
   * What the arguments say.
   *
   * @throws IllegalArgumentException with a message for the user, if they are wrong
   */
  public static PartOptions of(ParseResult result) {
    List<ByteRange> ranges = new ArrayList<>();
    if (result.hasMatchedOption(ByteRange.RANGE)) {
      ranges.add(ByteRange.parse(OptionSpecs.single(result, ByteRange.RANGE, "")));
    }
    if (result.hasMatchedOption(ByteRange.PART)) {
      ranges.add(ByteRange.parsePart(OptionSpecs.single(result, ByteRange.PART, "")));
    }
    boolean skipping = result.hasMatchedOption(ByteRange.SKIP);
    if (skipping) {
      ranges.add(ByteRange.parseSkip(OptionSpecs.single(result, ByteRange.SKIP, "")));
    }
    if (ranges.size() > 1) {
      throw new IllegalArgumentException(
          ranges.get(0).spelling()
              + " and "
              + ranges.get(1).spelling()
              + " contradict each other; say one of them");
    }
    String prefix = OptionSpecs.single(result, EXPECT_PREFIX, "");
    if (result.hasMatchedOption(EXPECT_PREFIX) && !skipping) {
      throw new IllegalArgumentException(
          EXPECT_PREFIX + " needs " + ByteRange.SKIP + ": it says what the skipped bytes are");
    }
    return new PartOptions(
        ranges.isEmpty() ? ByteRange.ALL : ranges.getFirst(),
        result.hasMatchedOption(EXPECT_PREFIX) ? Optional.of(expected(prefix)) : Optional.empty());
  }

  private static DigestValue expected(String text) {
    try {
      return DigestValue.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(EXPECT_PREFIX + " " + e.getMessage(), e);
    }
  }
}
