import io.github.qcow2tostdout.cli.option.HelpGroup;
import io.github.qcow2tostdout.cli.option.HelpText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The manual page of one command, in man(7), from the program's own model of its command line. */
final class ManPage {
  private final CommandSpec command;
  private final List<String> lines = new ArrayList<>();

  private ManPage(CommandSpec command) {
    this.command = command;
  }

  /**
   * The page.
   *
   * @param date of the release, as 2026-01-01
   * @param release the program's name and version
   */
  static String of(CommandSpec command, String date, String release) {
    return new ManPage(command).page(date, release);
  }

  /** What the page is called, without the section. */
  static String name(CommandSpec command) {
    return command.qualifiedName("-");
  }

  private String page(String date, String release) {
    macro(".TH", plain(name(command).toUpperCase(Locale.ROOT)), "1", date, release);
    // Neither stretched lines nor broken words, which could be options.
    macro(".ad", "l");
    macro(".nh");
    macro(".SH", "NAME");
    lines.add(plain(name(command)) + " \\- " + plain(HelpText.brief(command)));
    macro(".SH", "SYNOPSIS");
    for (String form : command.usageMessage().customSynopsis()) {
      lines.add(synopsis(form.strip()));
      macro(".br");
    }
    lines.removeLast();
    macro(".SH", "DESCRIPTION");
    paragraphs(command.usageMessage().description());
    arguments();
    options();
    subcommands();
    macro(".SH", "EXIT STATUS");
    command
        .usageMessage()
        .exitCodeList()
        .forEach((code, meaning) -> entry(bold(code.strip()), meaning));
    environment();
    examples();
    seeAlso();
    return String.join("\n", lines) + "\n";
  }

  private static String synopsis(String form) {
    List<String> words = new ArrayList<>();
    for (String word : form.split(" ")) {
      String argument = word.replaceAll("[\\[\\]]", "");
      words.add(
          plain(word)
              .replace(plain(argument), isVariable(argument) ? italic(argument) : bold(argument)));
    }
    return String.join(" ", words);
  }

  private static boolean isVariable(String word) {
    return word.equals(word.toUpperCase(Locale.ROOT));
  }

  private void arguments() {
    for (PositionalParamSpec argument : command.positionalParameters()) {
      if (!argument.hidden()) {
        entry(italic(argument.paramLabel()), String.join(" ", argument.description()));
      }
    }
  }

  private void options() {
    macro(".SH", "OPTIONS");
    for (HelpGroup group : HelpGroup.values()) {
      List<OptionSpec> options =
          command.options().stream()
              .filter(option -> !option.hidden() && HelpGroup.of(option) == group)
              .toList();
      // The command's own stand right below the heading of all.
      if (!options.isEmpty() && group != HelpGroup.OWN) {
        macro(".SS", group.heading());
      }
      options.forEach(this::option);
    }
  }

  private void option(OptionSpec option) {
    List<String> names = new ArrayList<>();
    for (String name : option.names()) {
      names.add(bold(name));
    }
    entry(
        String.join(", ", names) + label(HelpText.value(option)),
        String.join(" ", option.description()));
  }

  /** Of {@code KEY=VALUE[,...]} the words; in lower case they are meant as they are. */
  private static String label(String label) {
    return Pattern.compile("\\w+")
        .matcher(plain(label))
        .replaceAll(m ->
            Matcher.quoteReplacement(isVariable(m.group()) ? italic(m.group()) : bold(m.group())));
  }

  private void subcommands() {
    if (command.subcommands().isEmpty()) {
      return;
    }
    macro(".SH", "COMMANDS");
    command
        .subcommands()
        .values()
        .forEach(sub ->
            entry(bold(name(sub.getCommandSpec())) + "(1)", HelpText.brief(sub.getCommandSpec())));
  }

  private void environment() {
    macro(".SH", "ENVIRONMENT");
    entry(
        bold("QCOW2_TO_STDOUT_JAVA_OPTS"),
        "Options for the Java virtual machine, between blanks: -Xmx1g lets it take more memory.");
    entry(
        bold("TMPDIR"),
        "Where temporary files are: the data of a pipe on standard input, unless --spool-dir says"
            + " where, and the sockets to QEMU (default: /tmp).");
    entry(bold("PATH"), "Where QEMU's programs are looked for, if a disk has a format of QEMU's.");
  }

  /** What is indented in the help is code. */
  private void examples() {
    macro(".SH", "EXAMPLES");
    boolean code = false;
    for (String line : command.usageMessage().footer()) {
      boolean wasCode = code;
      code = line.startsWith("  ");
      if (code != wasCode) {
        macro(code ? ".EX" : ".EE");
      }
      if (code) {
        lines.add(guarded(plain(line)));
      } else if (line.isEmpty()) {
        macro(".PP");
      } else {
        text(line);
      }
    }
    if (code) {
      macro(".EE");
    }
  }

  private void seeAlso() {
    macro(".SH", "SEE ALSO");
    TreeSet<String> pages = new TreeSet<>(List.of("qemu-img", "qemu-storage-daemon"));
    CommandSpec root = command.root();
    pages.add(name(root));
    root.subcommands().values().forEach(sub -> pages.add(name(sub.getCommandSpec())));
    pages.remove(name(command));
    lines.add(
        String.join(",\n", pages.stream().map(page -> ".BR " + plain(page) + " (1)").toList())
            .replace(",\n", " ,\n"));
  }

  private void paragraphs(String... texts) {
    boolean first = true;
    for (String text : texts) {
      if (text.isEmpty()) {
        continue;
      }
      if (!first) {
        macro(".PP");
      }
      first = false;
      text(text);
    }
  }

  /** A paragraph with a tag in front of it. */
  private void entry(String tag, String text) {
    macro(".TP");
    lines.add(tag);
    text(text);
  }

  /** Text in lines of at most 80 bytes, with options and arguments in their fonts. */
  private void text(String text) {
    StringBuilder line = new StringBuilder();
    for (String word : plain(text.replace("%n", " ").replace("%%", "%")).split(" +")) {
      if (line.length() + 1 + word.length() > 76) {
        lines.add(guarded(line.toString()));
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(guarded(line.toString()));
  }

  private void macro(String name, String... arguments) {
    StringBuilder line = new StringBuilder(name);
    for (String argument : arguments) {
      line.append(' ').append(argument.contains(" ") ? '"' + argument + '"' : argument);
    }
    lines.add(line.toString());
  }

  private static String bold(String text) {
    return "\\fB" + plain(text) + "\\fR";
  }

  private static String italic(String text) {
    return "\\fI" + plain(text) + "\\fR";
  }

  /** Text as it is: a minus stays one, and so does an apostrophe. */
  private static String plain(String text) {
    return text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq");
  }

  /** A line that is no request, whatever it begins with. */
  private static String guarded(String line) {
    return line.startsWith(".") ? "\\&" + line : line;
  }
}
