package io.github.qcow2tostdout.cli.output;

import io.github.qcow2tostdout.archive.ContainerDisk;
import io.github.qcow2tostdout.archive.Plain;
import io.github.qcow2tostdout.archive.Wrapping;
import io.github.qcow2tostdout.cli.option.HelpGroup;
import io.github.qcow2tostdout.cli.option.OptionSpecs;
import io.github.qcow2tostdout.cli.option.ReportFormat;
import io.github.qcow2tostdout.cli.terminal.SideTarget;
import io.github.qcow2tostdout.codec.DigestAlgorithm;
import io.github.qcow2tostdout.plan.ImageOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * What is wanted of the stream beside the image itself.
 *
 * @param wrapping what the image is in
 * @param sizeTarget where the stream's size goes
 * @param digests of the stream
 * @param contentDigests of the guest's bytes
 * @param bytesOnly whether nothing but its size is to be measured
 */
public record OutputOptions(
    Wrapping wrapping,
    Optional<SideTarget> sizeTarget,
    List<DigestRequest> digests,
    List<DigestRequest> contentDigests,
    boolean bytesOnly) {
  /** The image alone. */
  private static final OutputOptions NONE =
      new OutputOptions(new Plain(), Optional.empty(), List.of(), List.of(), false);

  static final String DIGEST = "--digest";
  static final String CONTENT_DIGEST = "--content-digest";
  static final String BYTES = "--bytes";
  private static final String SIZE_FILE = "--size-file";

  private static final String WHEN_ALL_IS_WRITTEN =
      "When all is written and nothing has failed, it goes to standard error, a file or a"
          + " descriptor, as sha256sum prints it.";

  /** How arguments begin that may be one of these options. */
  private static final List<String> STARTS =
      List.of(
          DIGEST,
          CONTENT_DIGEST,
          BYTES,
          SIZE_FILE,
          WrappingOptions.TAR,
          WrappingOptions.CONTAINERDISK);

  /** Whether an argument may be one of these options, or of parts; else they need not be added. */
  public static boolean mayBe(String argument) {
    for (String start : STARTS) {
      if (argument.startsWith(start)) {
        return true;
      }
    }
    return PartOptions.mayBe(argument);
  }

  public static void addTo(CommandSpec spec) {
    spec.addOption(
            OptionSpecs.repeatable(HelpGroup.OUTPUT, SIZE_FILE)
                .paramLabel("FILE|fd:N")
                .description(
                    "Write the number of bytes that follow, and a newline, to a file or to a"
                        + " descriptor that is open, before the first byte.")
                .build())
        .addOption(
            digest(DigestRequest.LABEL, "the bytes that are written", WHEN_ALL_IS_WRITTEN))
        .addOption(
            OptionSpecs.repeatable(HelpGroup.OUTPUT, CONTENT_DIGEST)
                .paramLabel(DigestRequest.LABEL)
                .description(
                    "The same of the disk's bytes: what sha256sum prints of the raw disk, whatever"
                        + " image it becomes.")
                .build());
    WrappingOptions.addTo(spec);
  }

  /** Adds the options of those who say what parts there are. */
  public static void addPartsTo(CommandSpec spec) {
    spec.addOption(digest("ALG", "each part", "It is a column of the table."));
    WrappingOptions.addTo(spec);
  }

  private static OptionSpec digest(String label, String what, String where) {
    return OptionSpecs.repeatable(HelpGroup.OUTPUT, DIGEST)
        .paramLabel(label)
        .description(
            "Digest of "
                + what
                + ": "
                + DigestAlgorithm.words()
                + ". May be said more than once. "
                + where)
        .build();
  }

  /**
   * Throws if something is to be written where those who say what parts there are write nothing.
   *
   * @throws IllegalArgumentException with a message for the user
   */
  public void refuseTargets() {
    for (DigestRequest request : digests) {
      if (request.target().isPresent()) {
        throw new IllegalArgumentException(
            DIGEST
                + " "
                + request.algorithm().word()
                + "=: the digests of the parts are in the table; say "
                + DIGEST
                + " "
                + request.algorithm().word());
      }
    }
  }

  /** Adds the option for those who measure. */
  public static void addBytesTo(CommandSpec spec) {
    spec.addOption(
        OptionSpecs.flag(BYTES).description("Print the required size and nothing else.").build());
  }

  /**
   * What the arguments say.
   *
   * @throws IllegalArgumentException with a message for the user, if they are wrong
   */
  public static OutputOptions of(ParseResult result, ImageOptions image) {
    boolean asked = false;
    for (OptionSpec option : result.matchedOptions()) {
      asked |= mayBe(option.longestName());
    }
    if (!asked) {
      return NONE;
    }
    String size = OptionSpecs.single(result, SIZE_FILE, "");
    OutputOptions output =
        new OutputOptions(
            WrappingOptions.of(result),
            result.hasMatchedOption(SIZE_FILE)
                ? Optional.of(SideTarget.parse(size, SIZE_FILE + " " + size))
                : Optional.empty(),
            DigestRequest.of(result, DIGEST),
            DigestRequest.of(result, CONTENT_DIGEST),
            result.hasMatchedOption(BYTES));
    if (output.wrapping() instanceof ContainerDisk
        && (image.dataFile().isPresent() || image.backing().isPresent())) {
      throw new IllegalArgumentException(
          WrappingOptions.CONTAINERDISK
              + " does not go with "
              + (image.backing().isPresent() ? "-B" : "-d or -R")
              + ": nothing else than the image is in the container");
    }
    if (output.bytesOnly() && result.hasMatchedOption(ReportFormat.OUTPUT)) {
      throw new IllegalArgumentException(
          BYTES + " and " + ReportFormat.OUTPUT + " contradict each other; say one of them");
    }
    if (output.bytesOnly() && output.reportsDigests()) {
      throw new IllegalArgumentException(
          BYTES + " prints nothing else than the size: say where a digest goes, as in sha256=FILE");
    }
    return output;
  }

  /** Whether any digest goes where all else goes that is said. */
  private boolean reportsDigests() {
    return digests.stream().anyMatch(it -> it.target().isEmpty())
        || contentDigests.stream().anyMatch(it -> it.target().isEmpty());
  }

  /** Whether any digest is asked for. */
  public boolean digesting() {
    return !digests.isEmpty() || !contentDigests.isEmpty();
  }

  /** All that is written beside the stream, once for each time. */
  public List<SideTarget> targets() {
    List<SideTarget> targets = new ArrayList<>();
    addTo(targets, sizeTarget);
    for (DigestRequest request : digests) {
      addTo(targets, request.target());
    }
    for (DigestRequest request : contentDigests) {
      addTo(targets, request.target());
    }
    return targets;
  }

  private static void addTo(List<SideTarget> targets, Optional<SideTarget> target) {
    if (target.isPresent()) {
      targets.add(target.get());
    }
  }
}
