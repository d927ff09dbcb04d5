package io.github.qcow2tostdout.cli.option;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Pieces of text that the help and the manual pages have in common. */
public final class HelpText {
  private static final Pattern FIRST_CLAUSE = Pattern.compile("[.:,]( |$)");

  private HelpText() {}

  /** What a command does, in a line: the first clause of its description. */
  public static String brief(CommandSpec command) {
    String clause = FIRST_CLAUSE.split(command.usageMessage().description()[0], 2)[0];
    return Character.toLowerCase(clause.charAt(0)) + clause.substring(1);
  }

  /** How the value of an option follows its longest name; empty for a flag. */
  public static String value(OptionSpec option) {
    if (option.arity().max() == 0) {
      return "";
    }
    String value = (option.longestName().startsWith("--") ? "=" : " ") + option.paramLabel();
    return option.arity().min() == 0 ? "[" + value + "]" : value;
  }

  /** Text in lines of at most so many characters, unless a word has more. */
  public static List<String> wrapped(String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" +")) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }
}
