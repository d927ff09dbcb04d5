package io.github.qcow2tostdout.cli;

import io.github.qcow2tostdout.cli.option.HelpGroup;
import io.github.qcow2tostdout.cli.option.HelpOptions;
import io.github.qcow2tostdout.cli.option.HelpText;
import io.github.qcow2tostdout.cli.option.OptionSpecs;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * The help of a command. Its first screen has examples and of each option a sentence; where that is
 * too long, of those that have a letter or stand in no group, and of the others the names.
 */
final class HelpPage {
  private static final int NARROWEST = 40;

  /** Longer lines are hard to read. */
  private static final int WIDEST = 110;

  /** The lines of the first screen, if the terminal is not narrow. */
  private static final int SCREEN = 40;

  private static final int MOST_EXAMPLES = 4;
  private static final int INDENTATION = 2;
  private static final int COLUMN = 28;

  /** Below this width a text stands below its option, and not beside it. */
  private static final int NARROW = 60;

  private static final int NARROW_COLUMN = 8;
  private static final int TOPIC_COLUMN = 18;

  private final CommandSpec command;
  private final UsageMessageSpec texts;
  private final int width;
  private final StringBuilder page = new StringBuilder();

  private HelpPage(CommandSpec command, int width) {
    this.command = command;
    texts = command.usageMessage();
    this.width = Math.clamp(width, NARROWEST, WIDEST);
  }

  /**
   * The help.
   *
   * @param topic one of {@link HelpOptions#topics}; empty for the first screen
   * @param width of the terminal
   * @throws IllegalArgumentException with a message for the user, if there is no such topic
   */
  static String of(CommandSpec command, String topic, int width) {
    HelpPage page = new HelpPage(command, width);
    Set<String> topics = HelpOptions.topics(command);
    if (topic.isEmpty()) {
      page.firstScreen(true);
      if (page.page.chars().filter(c -> c == '\n').count() > SCREEN) {
        page.page.setLength(0);
        page.firstScreen(false);
      }
    } else if (topic.equals(HelpOptions.ALL)) {
      page.everything();
    } else if (topics.contains(topic)) {
      for (HelpGroup group : HelpGroup.values()) {
        if (HelpOptions.topic(group).equals(topic)) {
          page.usage(command.usageMessage().customSynopsis()[0]);
          page.inFull(group);
        }
      }
    } else {
      throw OptionSpecs.refused("--help=" + topic, topic, List.copyOf(topics));
    }
    return page.page.toString();
  }

  private void firstScreen(boolean all) {
    usage(texts.customSynopsis()[0]);
    heading("");
    text(texts.description()[0]);
    // Where there are many commands and options one has to do.
    examples(all ? MOST_EXAMPLES : 1);
    commands();
    heading("Options:");
    for (HelpGroup group : HelpGroup.values()) {
      for (OptionSpec option : options(group)) {
        if (all || isCommon(option)) {
          entry(names(option), List.of(option.description()[0]));
        }
      }
    }
    if (all) {
      exitCodes();
    } else {
      heading("More options; --help=TOPIC tells of a group, --help=all of everything:");
      topics();
    }
  }

  private void everything() {
    usage(texts.customSynopsis());
    for (String paragraph : texts.description()) {
      if (!paragraph.isEmpty()) {
        heading("");
        text(paragraph);
      }
    }
    examples(Integer.MAX_VALUE);
    commands();
    heading("Arguments:");
    for (PositionalParamSpec argument : command.positionalParameters()) {
      entry(argument.paramLabel(), List.of(argument.description()));
    }
    for (HelpGroup group : HelpGroup.values()) {
      inFull(group);
    }
    exitCodes();
  }

  private void usage(String... forms) {
    for (int i = 0; i < forms.length; i++) {
      line((i == 0 ? "Usage: " : "       ") + forms[i].strip());
    }
  }

  /** What is indented in the footer is an example. */
  private void examples(int most) {
    heading("Examples:");
    int shown = 0;
    for (String line : texts.footer()) {
      boolean example = line.startsWith("  ");
      if (example && shown < most) {
        line(line);
        shown++;
      } else if (!example && most == Integer.MAX_VALUE) {
        line(line);
      }
    }
  }

  private void commands() {
    if (command.subcommands().isEmpty()) {
      return;
    }
    heading("Commands; " + command.name() + " help COMMAND tells more:");
    command
        .subcommands()
        .forEach((name, subcommand) ->
            entry(
                name
                    + " "
                    + subcommand.getCommandSpec().positionalParameters().getFirst().paramLabel(),
                TOPIC_COLUMN,
                List.of(HelpText.brief(subcommand.getCommandSpec()))));
  }

  private void inFull(HelpGroup group) {
    List<OptionSpec> options = options(group);
    if (!options.isEmpty()) {
      heading(group.heading() + ":");
      options.forEach(option -> entry(names(option), List.of(option.description())));
    }
  }

  private void topics() {
    for (HelpGroup group : HelpGroup.values()) {
      List<String> names = new ArrayList<>();
      for (OptionSpec option : options(group)) {
        if (!isCommon(option)) {
          names.add(option.longestName());
        }
      }
      if (!names.isEmpty()) {
        entry(HelpOptions.topic(group), TOPIC_COLUMN, names);
      }
    }
  }

  private void exitCodes() {
    heading("Exit codes:");
    texts.exitCodeList().forEach((code, meaning) -> entry(code, 7, List.of(meaning)));
  }

  private List<OptionSpec> options(HelpGroup group) {
    return command.options().stream()
        .filter(option -> !option.hidden() && HelpGroup.of(option) == group)
        .toList();
  }

  /** Whether it is on the first screen even where there is no room for all. */
  private static boolean isCommon(OptionSpec option) {
    return !HelpGroup.isRare(option)
        && (hasLetter(option) || HelpGroup.of(option) == HelpGroup.OWN);
  }

  private static boolean hasLetter(OptionSpec option) {
    return option.shortestName().length() == 2;
  }

  private static String names(OptionSpec option) {
    return (hasLetter(option) ? "" : "    ")
        + String.join(", ", option.names())
        + HelpText.value(option);
  }

  private void entry(String tag, List<String> texts) {
    entry(tag, width < NARROW ? NARROW_COLUMN : COLUMN, texts);
  }

  /** A tag, and behind or below it what it means, from a column on. */
  private void entry(String tag, int column, List<String> texts) {
    StringBuilder line = new StringBuilder(" ".repeat(INDENTATION)).append(tag);
    if (line.length() > column - 1) {
      line(line.toString());
      line.setLength(0);
    }
    for (String text : HelpText.wrapped(String.join(" ", texts), width - column)) {
      line.append(" ".repeat(column - line.length())).append(text);
      line(line.toString());
      line.setLength(0);
    }
  }

  private void text(String text) {
    HelpText.wrapped(text, width).forEach(this::line);
  }

  /** An empty line, and what stands above the following. */
  private void heading(String heading) {
    line("");
    if (!heading.isEmpty()) {
      line(heading);
    }
  }

  private void line(String line) {
    page.append(line).append('\n');
  }
}
