package io.github.qcow2tostdout.cli;

/** Words by which people ask for what options are for: {@code help}, {@code version}. */
final class HelpWords {
  static final String HELP = "help";
  static final String VERSION = "version";

  private HelpWords() {}

  /** The same arguments with options in place of a first word. */
  static String[] translated(String... args) {
    if (args.length == 0) {
      return args;
    }
    return switch (args[0]) {
      case VERSION -> args.length == 1 ? new String[] {"--version"} : args;
      case HELP -> help(args);
      default -> args;
    };
  }

  /** {@code help}, {@code help COMMAND}, {@code help TOPIC}, {@code help COMMAND TOPIC}. */
  private static String[] help(String... args) {
    boolean command = args.length > 1 && Commands.isSubcommand(args[1]);
    int topic = command ? 2 : 1;
    if (args.length > topic + 1) {
      return args;
    }
    String help = args.length > topic ? "--help=" + args[topic] : "--help";
    return command ? new String[] {args[1], help} : new String[] {help};
  }
}
