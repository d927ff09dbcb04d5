package io.github.qcow2tostdout.cli;

import io.github.qcow2tostdout.cli.option.HelpOptions;
import io.github.qcow2tostdout.cli.option.Nearest;
import io.github.qcow2tostdout.cli.option.Program;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What to say to arguments that are wrong: what their author may have had in mind. */
final class UsageHints {
  private static final String CONVERT = "convert";

  /** Commands of qemu-img's that there are not here. */
  private static final Set<String> QEMU_IMG =
      Set.of(
          "amend",
          "bench",
          "bitmap",
          "commit",
          "compare",
          "create",
          "dd",
          "rebase",
          "resize",
          "snapshot");

  private final List<String> args;

  UsageHints(String... args) {
    this.args = List.of(args);
  }

  /** What is wrong, and what to type. */
  String explain(ParameterException e) {
    Optional<String> habit = habit();
    if (habit.isPresent()) {
      return habit.get();
    }
    if (args.size() > 1 && args.getFirst().equals(HelpWords.HELP)) {
      return noSuchHelp();
    }
    CommandSpec command = e.getCommandLine().getCommandSpec();
    if (e instanceof UnmatchedArgumentException unmatched && !unmatched.getUnmatched().isEmpty()) {
      String argument = unmatched.getUnmatched().getFirst();
      return argument.length() > 1 && argument.startsWith("-")
          ? unknownOption(command, argument)
          : oneTooMany(command, argument);
    }
    return String.valueOf(e.getMessage());
  }

  /** The answer to a first word that is neither a command nor a file, but a habit. */
  Optional<String> habit() {
    if (args.isEmpty() || isFile(args.getFirst())) {
      return Optional.empty();
    }
    String word = args.getFirst();
    if (word.equals(CONVERT)) {
      return Optional.of(
          word + ": there is no such command: without one it converts; say " + conversion("IMAGE"));
    }
    return QEMU_IMG.contains(word)
        ? Optional.of(word + ": there is no such command; say qemu-img " + word)
        : Optional.empty();
  }

  private String noSuchHelp() {
    List<String> known = new ArrayList<>(Commands.subcommands());
    known.addAll(HelpOptions.topics(Commands.spec()));
    String asked = args.get(1);
    return "help "
        + asked
        + ": there is no such command or topic; there are "
        + String.join(", ", known)
        + Nearest.question(asked, known);
  }

  private static String conversion(String to) {
    return Program.NAME + " INPUT > " + to;
  }

  private static boolean isFile(String name) {
    try {
      return Files.exists(Path.of(name));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private String unknownOption(CommandSpec command, String argument) {
    String name = argument.split("=", 2)[0];
    if (name.startsWith("-O")) {
      return outputFormat(argument);
    }
    String message = "Unknown option: '" + argument + "'";
    List<String> others = commandsWith(name);
    if (!others.isEmpty()) {
      return message + "; it is one of " + String.join(", ", others);
    }
    return message + Nearest.question(name, names(command.name()));
  }

  /** To say what comes out is a habit from qemu-img. */
  private String outputFormat(String argument) {
    int at = args.indexOf(argument);
    boolean attached = argument.length() > 2;
    String format = attached ? argument.substring(2) : at + 1 < args.size() ? args.get(at + 1) : "";
    return format.equals("qcow2")
        ? "-O qcow2: leave it out: what is written is always qcow2"
        : "-O " + format + ": what is written is always qcow2; qemu-img convert writes others";
  }

  private static List<String> commandsWith(String option) {
    CommandSpec all = Commands.spec();
    List<String> names = new ArrayList<>();
    if (all.findOption(option) != null) {
      names.add("the conversion");
    }
    all.subcommands()
        .forEach((name, subcommand) -> {
          if (subcommand.getCommandSpec().findOption(option) != null) {
            names.add(name);
          }
        });
    return names;
  }

  /** All options of a command, since those that a run needs may be fewer. */
  private static List<String> names(String command) {
    CommandSpec all = Commands.spec();
    CommandLine subcommand = all.subcommands().get(command);
    CommandSpec whole = subcommand == null ? all : subcommand.getCommandSpec();
    return whole.options().stream().map(OptionSpec::longestName).toList();
  }

  private String oneTooMany(CommandSpec command, String argument) {
    Optional<String> detached = detachedValue(command);
    if (detached.isPresent()) {
      return detached.get();
    }
    if (command.parent() != null) {
      String label = command.positionalParameters().getFirst().paramLabel();
      return argument + ": is one too many: " + command.name() + " takes one " + label;
    }
    String first = args.getFirst();
    if (!isFile(first)) {
      Optional<String> near = Nearest.of(first, Commands.subcommands());
      if (near.isPresent()) {
        return first + ": there is no such command, nor a file; did you mean " + near.get() + "?";
      }
    }
    return argument
        + ": is one too many: the image goes to standard output; say "
        + conversion(argument);
  }

  /** A value that stands behind an option that takes it only behind a "=". */
  private Optional<String> detachedValue(CommandSpec command) {
    for (int i = 0; i + 1 < args.size(); i++) {
      OptionSpec option = command.findOption(args.get(i));
      if (option == null || option.arity().min() > 0 || option.completionCandidates() == null) {
        continue;
      }
      for (String value : option.completionCandidates()) {
        if (value.equals(args.get(i + 1))) {
          return Optional.of(
              args.get(i) + " " + value + ": say " + option.longestName() + "=" + value);
        }
      }
    }
    return Optional.empty();
  }
}
