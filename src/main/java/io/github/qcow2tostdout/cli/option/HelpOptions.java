package io.github.qcow2tostdout.cli.option;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The options of all commands that ask what there is, and of what help can be asked for. */
public final class HelpOptions {
  /** The topic that has everything. */
  public static final String ALL = "all";

  private static final String HELP = "--help";
  private static final String VERSION = "--version";
  private static final String FIRST_SCREEN = "";

  private HelpOptions() {}

  /** Adds them. */
  public static void addTo(CommandSpec spec) {
    spec.version(Program.version());
    spec.addOption(
            OptionSpecs.optional(HelpGroup.MESSAGES, HELP, FIRST_SCREEN, "-h")
                .paramLabel("TOPIC")
                .completionCandidates(() -> topics(spec).iterator())
                .description(
                    "Show this help; --help=all shows all of it.",
                    "The topics are the groups of options, as in --help=messages.")
                .build())
        .addOption(
            OptionSpecs.flag(HelpGroup.MESSAGES, "-V", VERSION)
                .description("Show the version.")
                .build());
  }

  /** Of what help is asked for: empty for nothing, and an empty text for the first screen. */
  public static Optional<String> topic(ParseResult result) {
    return result.hasMatchedOption(HELP)
        ? Optional.of(OptionSpecs.single(result, HELP, FIRST_SCREEN))
        : Optional.empty();
  }

  /** Whether the version is asked for. */
  public static boolean wantVersion(ParseResult result) {
    return result.hasMatchedOption(VERSION);
  }

  /** Of what there is help: everything, and the groups that have options. */
  public static Set<String> topics(CommandSpec spec) {
    Set<String> topics = new TreeSet<>(Set.of(ALL));
    for (OptionSpec option : spec.options()) {
      HelpGroup group = HelpGroup.of(option);
      if (group != HelpGroup.OWN) {
        topics.add(topic(group));
      }
    }
    return topics;
  }

  /** What the user calls a group. */
  public static String topic(HelpGroup group) {
    return group.name().toLowerCase(Locale.ROOT);
  }
}
