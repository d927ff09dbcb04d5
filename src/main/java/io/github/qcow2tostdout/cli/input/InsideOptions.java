package io.github.qcow2tostdout.cli.input;

import io.github.qcow2tostdout.cli.option.HelpGroup;
import io.github.qcow2tostdout.cli.option.OptionSpecs;
import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import io.github.qcow2tostdout.source.qcow2.ImageAccess;
import io.github.qcow2tostdout.source.qcow2.ImageOpener;
import io.github.qcow2tostdout.source.qcow2.Salvage;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * Which disk of a qcow2 image is wanted, and in what state the image may be.
 *
 * @param snapshot the ID or name of the one whose disk it is, if not the present one
 * @param forceShare whether the image is read also while QEMU may write to it
 * @param salvage what is lost of it, if it may be damaged
 * @param salvageReport where that is written to
 */
public record InsideOptions(
    Optional<String> snapshot,
    boolean forceShare,
    Optional<Salvage> salvage,
    Optional<Path> salvageReport) {
  static final String SNAPSHOT = "--snapshot";
  static final String SALVAGE = "--salvage";
  static final String SALVAGE_REPORT = "--salvage-report";

  /** Adds the options. */
  public static void addTo(CommandSpec spec) {
    spec.addOption(
            OptionSpecs.repeatable(HelpGroup.INPUT, SNAPSHOT)
                .paramLabel("ID|NAME")
                .description(
                    "With -f qcow2: the disk as it was when this internal snapshot was taken.")
                .build())
        .addOption(HeldImage.option())
        .addOption(
            OptionSpecs.flag(HelpGroup.INPUT, SALVAGE)
                .description(
                    "With -f qcow2: what of a damaged image can't be read, or is claimed twice,"
                        + " becomes zeroes; each range is said on standard error, and the exit code"
                        + " is 3.")
                .build())
        .addOption(
            OptionSpecs.repeatable(HelpGroup.INPUT, SALVAGE_REPORT)
                .paramLabel("FILE")
                .description("Write these ranges to FILE too, as JSON.")
                .build());
  }

  /**
   * Reads and checks them.
   *
   * @param format what the user says that the image is
   * @throws IllegalArgumentException with a message for the user, if they are wrong
   */
  public static InsideOptions of(ParseResult result, String format) {
    return of(result, format, Optional.empty());
  }

  /**
   * The same where it is known what was read before.
   *
   * @param before the snapshot whose disk that was
   */
  static InsideOptions of(ParseResult result, String format, Optional<String> before) {
    String snapshot = OptionSpecs.single(result, SNAPSHOT, "");
    String report = OptionSpecs.single(result, SALVAGE_REPORT, "");
    boolean salvaging = result.hasMatchedOption(SALVAGE);
    for (String option : new String[] {SNAPSHOT, SALVAGE}) {
      if (result.hasMatchedOption(option) && !format.equals(ImageOpener.QCOW2)) {
        throw new IllegalArgumentException(option + " needs -f qcow2: other disks have no such");
      }
    }
    if (result.hasMatchedOption(SALVAGE_REPORT) && !salvaging) {
      throw new IllegalArgumentException(
          SALVAGE_REPORT + " needs " + SALVAGE + ": without it the first damage is an error");
    }
    return new InsideOptions(
        result.hasMatchedOption(SNAPSHOT) ? Optional.of(snapshot) : before,
        result.hasMatchedOption(HeldImage.FORCE_SHARE),
        salvaging ? Optional.of(new Salvage()) : Optional.empty(),
        result.hasMatchedOption(SALVAGE_REPORT)
            ? Optional.of(NamedDisk.path(report))
            : Optional.empty());
  }

  /** The same for the library. */
  public ImageAccess access(FollowOptions follow, boolean sparse, StandardStreams streams) {
    return new ImageAccess(
        follow.access(streams, forceShare), sparse, forceShare, snapshot, salvage);
  }

  /** The same for another image than the one that the options speak of. */
  ImageAccess accessToOther(FollowOptions follow, boolean sparse, StandardStreams streams) {
    return new ImageAccess(
        follow.access(streams, forceShare), sparse, forceShare, Optional.empty(), Optional.empty());
  }
}
