package io.github.qcow2tostdout.cli.option;

import java.util.List;
import java.util.Map;
import java.util.Stack;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The kinds of options that there are, and how their values are read. They are declared without
 * annotations: those cost 50 ms at each start.
 */
public final class OptionSpecs {
  private OptionSpecs() {}

  /** An option that takes no value. */
  public static OptionSpec.Builder flag(String name, String... names) {
    return OptionSpec.builder(name, names).type(boolean.class).arity("0");
  }

  /** An option that may be said again; whether that fits is for who reads it. */
  public static OptionSpec.Builder repeatable(String name, String... names) {
    return OptionSpec.builder(name, names).type(String[].class).arity("1");
  }

  /** A flag that stands with others in the help. */
  public static OptionSpec.Builder flag(HelpGroup group, String name, String... names) {
    return group.with(flag(name, names));
  }

  /** A repeatable option that stands with others in the help. */
  public static OptionSpec.Builder repeatable(HelpGroup group, String name, String... names) {
    return group.with(repeatable(name, names));
  }

  /** An option with a value that may be left out that stands with others in the help. */
  public static OptionSpec.Builder optional(
      HelpGroup group, String name, String otherwise, String shortName) {
    return group.with(optional(name, otherwise, shortName));
  }

  /** The same without a short name. */
  public static OptionSpec.Builder optional(HelpGroup group, String name, String otherwise) {
    return group.with(optional(name, otherwise));
  }

  /** An option with a value that may be left out, and is never the next argument. */
  public static OptionSpec.Builder optional(String name, String otherwise, String shortName) {
    return optional(otherwise, repeatable(shortName, name));
  }

  /** The same without a short name. */
  public static OptionSpec.Builder optional(String name, String otherwise) {
    return optional(otherwise, repeatable(name));
  }

  private static OptionSpec.Builder optional(String otherwise, OptionSpec.Builder option) {
    return option
        .arity("0..1")
        .preprocessor(
            (arguments, command, argument, info) -> takeAttachedOnly(arguments, info, otherwise));
  }

  /** The values of an option that may be said again. */
  public static String[] values(ParseResult result, String option) {
    return result.matchedOptionValue(option, new String[0]);
  }

  /** {@code -p INPUT} is a flag and an argument: only {@code --progress=VALUE} has a value. */
  private static boolean takeAttachedOnly(
      Stack<String> arguments, Map<String, Object> info, String otherwise) {
    boolean attached = info.get("separator") instanceof String separator && !separator.isBlank();
    if (!attached) {
      // To take the option as done (true) would leave it out of the matched ones.
      arguments.push(otherwise);
    }
    return false;
  }

  /** The value of an option that may be said again if it says the same. */
  public static String single(ParseResult result, String option, String otherwise) {
    String[] values = values(result, option);
    for (String value : values) {
      if (!value.equals(values[0])) {
        throw new IllegalArgumentException(
            option
                + "="
                + values[0]
                + " and "
                + option
                + "="
                + value
                + " contradict each other; say it once");
      }
    }
    return values.length == 0 ? otherwise : values[0];
  }

  /**
   * An error: a value that an option does not take.
   *
   * @param spelling how the user said it
   * @param value what is wrong in it
   * @param allowed what the option takes
   */
  public static IllegalArgumentException refused(
      String spelling, String value, List<String> allowed) {
    return new IllegalArgumentException(
        spelling
            + ": not allowed; allowed: "
            + String.join(", ", allowed)
            + (isNumber(value) ? "" : Nearest.question(value, allowed)));
  }

  /** The nearest number would be anybody's guess. */
  private static boolean isNumber(String value) {
    return !value.isEmpty() && Character.isDigit(value.charAt(0));
  }

  /** A value that is not allowed. */
  public static IllegalArgumentException refused(String spelling, String allowed) {
    return new IllegalArgumentException(spelling + ": not allowed; allowed: " + allowed);
  }

  /** What is wrong with the arguments, as an error of the command line. */
  public static ParameterException wrong(ParseResult result, IllegalArgumentException e) {
    return new ParameterException(result.commandSpec().commandLine(), e.getMessage(), e);
  }
}
