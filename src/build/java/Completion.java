import io.github.qcow2tostdout.cli.option.HelpOptions;
import io.github.qcow2tostdout.cli.option.HelpText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What the completions of all shells are made of: the command line's own model. */
final class Completion {
  static final String PROGRAM = "qcow2-to-stdout";

  /** The command that has no name. */
  static final String CONVERSION = "";

  /** Words in place of a command that are none: see cli.HelpWords. */
  static final Map<String, String> WORDS = words();

  /** How a value is completed that has no list. */
  private static final Set<String> FILES = Set.of("FILE", "NAME", "FILE|fd:N", "TARGET");

  private static final String DIRECTORY = "DIR";
  private static final String LIST = "[,...]";

  private final Map<String, CommandSpec> commands = new LinkedHashMap<>();

  private Completion(CommandSpec root) {
    commands.put(CONVERSION, root);
    for (CommandLine subcommand : new CommandLine(root).getSubcommands().values()) {
      commands.put(subcommand.getCommandName(), subcommand.getCommandSpec());
    }
  }

  /** Writes the completions where systems have them, below share. */
  static void write(CommandSpec root, Path share) throws IOException {
    Completion all = new Completion(root);
    write(share.resolve("bash-completion/completions/" + PROGRAM), BashCompletion.of(all));
    write(share.resolve("zsh/vendor-completions/_" + PROGRAM), ZshCompletion.of(all));
    write(share.resolve("fish/vendor_completions.d/" + PROGRAM + ".fish"), FishCompletion.of(all));
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text, StandardCharsets.UTF_8);
  }

  private static Map<String, String> words() {
    Map<String, String> words = new LinkedHashMap<>();
    words.put("help", "shows the help of a command, or of a topic");
    words.put("version", "shows the version");
    return words;
  }

  /** All commands by their names, the conversion first. */
  Map<String, CommandSpec> commands() {
    return commands;
  }

  /** What can be the first argument, and what it does. */
  Map<String, String> firstWords() {
    Map<String, String> words = new LinkedHashMap<>();
    commands.forEach((name, command) -> {
      if (!name.equals(CONVERSION)) {
        words.put(name, HelpText.brief(command));
      }
    });
    words.putAll(WORDS);
    return words;
  }

  /** What can follow the word help. */
  Set<String> helpTopics() {
    Set<String> topics = new TreeSet<>(commands.keySet());
    topics.remove(CONVERSION);
    topics.addAll(HelpOptions.topics(commands.get(CONVERSION)));
    return topics;
  }

  /** The options of a command. */
  static List<OptionSpec> options(CommandSpec command) {
    return command.options().stream().filter(option -> !option.hidden()).toList();
  }

  /** What an option takes, if that is a list; {@code key=} is followed by a file's name. */
  static List<String> values(OptionSpec option) {
    List<String> values = new ArrayList<>();
    if (option.completionCandidates() != null) {
      option.completionCandidates().forEach(values::add);
    }
    return values;
  }

  /** Whether its values are key=value, with commas between them. */
  static boolean isList(OptionSpec option) {
    return option.paramLabel().endsWith(LIST);
  }

  static boolean isFlag(OptionSpec option) {
    return option.arity().max() == 0;
  }

  /** Whether its value may be left out, and follows a "=" otherwise. */
  static boolean isOptional(OptionSpec option) {
    return option.arity().max() > 0 && option.arity().min() == 0;
  }

  static boolean isFile(OptionSpec option) {
    return FILES.contains(option.paramLabel());
  }

  static boolean isDirectory(OptionSpec option) {
    return option.paramLabel().equals(DIRECTORY);
  }

  static String description(OptionSpec option) {
    String text = option.description()[0];
    return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
  }
}
