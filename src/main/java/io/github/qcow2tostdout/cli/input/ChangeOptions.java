package io.github.qcow2tostdout.cli.input;

import io.github.qcow2tostdout.cli.option.HelpGroup;
import io.github.qcow2tostdout.cli.option.OptionSpecs;
import io.github.qcow2tostdout.scan.ChangeDetection;
import io.github.qcow2tostdout.source.ChangeSign;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** The options for how a change of the disk is noticed, and their help. */
public final class ChangeOptions {
  public static final String DETECT_CHANGE = "--detect-change";
  public static final String VERIFY = "--verify";

  private static final String BY_CONTENT = "verify";
  private static final String NONE = "none";
  private static final List<String> SIGNS = List.of("ctime", "mtime", "size", BY_CONTENT, NONE);

  private ChangeOptions() {}

  /** Adds the option that all commands with an INPUT share. */
  static void addTo(CommandSpec spec) {
    spec.addOption(
        OptionSpecs.repeatable(HelpGroup.CHANGES, DETECT_CHANGE)
            .paramLabel("BY")
            .completionCandidates(SIGNS)
            .description(
                "What is an error if it changes while the disk is read: ctime (default: size,"
                    + " inode, times of modification and of change), mtime (without the time of"
                    + " change, which links and modes move), size (and inode), verify (size and"
                    + " content) or none.")
            .build());
  }

  /** Adds the option for commands that read a disk twice. */
  static void addVerifyTo(CommandSpec spec) {
    spec.addOption(
        OptionSpecs.flag(HelpGroup.CHANGES, VERIFY)
            .description(
                "Read all of the disk twice and compare, besides what --detect-change says: the"
                    + " image is the disk as it was at one moment, or an error.")
            .build());
  }

  /**
   * Reads them.
   *
   * @throws IllegalArgumentException with a message for the user, if they are wrong
   */
  static ChangeDetection of(ParseResult result) {
    String by = OptionSpecs.single(result, DETECT_CHANGE, "ctime");
    boolean verify = result.hasMatchedOption(VERIFY);
    if (verify && by.equals(NONE)) {
      throw new IllegalArgumentException(
          DETECT_CHANGE
              + "="
              + NONE
              + " and "
              + VERIFY
              + " contradict each other; say "
              + DETECT_CHANGE
              + "="
              + BY_CONTENT);
    }
    return new ChangeDetection(sign(by), verify || by.equals(BY_CONTENT));
  }

  private static ChangeSign sign(String by) {
    return switch (by) {
      case "ctime" -> ChangeSign.CHANGE_TIME;
      case "mtime" -> ChangeSign.MODIFICATION_TIME;
      case "size" -> ChangeSign.INODE;
      case BY_CONTENT -> ChangeSign.SIZE;
      case NONE -> ChangeSign.NOTHING;
      default -> throw OptionSpecs.refused(DETECT_CHANGE + " " + by, by, SIGNS);
    };
  }
}
