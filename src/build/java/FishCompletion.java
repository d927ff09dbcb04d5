import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.OptionSpec;

/** The completion of fish: a line for each option. */
final class FishCompletion {
  private static final String COMPLETE = "complete -c " + Completion.PROGRAM + " -n ";

  private final StringBuilder script = new StringBuilder();

  private FishCompletion() {}

  static String of(Completion all) {
    return new FishCompletion().script(all);
  }

  private String script(Completion all) {
    line("# Completion of qcow2-to-stdout for fish, made by the build from the program's options.");
    line("");
    line("# The command that was said, which is the first word.");
    line("function __qcow2_to_stdout_command");
    line("    set -l words (commandline -opc)");
    line("    set -l command ''");
    line(
        "    if set -q words[2]; and contains -- $words[2] "
            + String.join(" ", all.firstWords().keySet()));
    line("        set command $words[2]");
    line("    end");
    line("    test \"$command\" = \"$argv[1]\"");
    line("end");
    line("");
    line("# The settings of a list, behind those that are there.");
    line("function __qcow2_to_stdout_settings");
    line("    set -l before (string match -r '^.*,' -- (commandline -ct))");
    line("    set -l setting (string replace -r '^.*,' '' -- (commandline -ct))");
    line("    set -l key (string match -r '^[^=]*=' -- $setting)");
    line("    if contains -- \"$key\" $argv");
    line("        set -l name (string replace -r '^[^=]*=' '' -- $setting)");
    line("        for file in (__fish_complete_path $name)");
    line("            echo (string join '' -- $before $key $file)");
    line("        end");
    line("        return");
    line("    end");
    line("    for setting in $argv");
    line("        echo (string join '' -- $before $setting)");
    line("    end");
    line("end");
    line("");
    for (Map.Entry<String, String> word : all.firstWords().entrySet()) {
      line(
          COMPLETE
              + "__fish_is_first_token -a "
              + word.getKey()
              + " -d "
              + quoted(word.getValue()));
    }
    line(
        COMPLETE
            + quoted("__qcow2_to_stdout_command help")
            + " -f -a "
            + quoted(String.join(" ", all.helpTopics())));
    all.commands()
        .forEach((name, command) -> {
          line("");
          String condition = quoted("__qcow2_to_stdout_command " + (name.isEmpty() ? "''" : name));
          for (OptionSpec option : Completion.options(command)) {
            line(COMPLETE + condition + " " + option(option));
          }
        });
    return script.toString();
  }

  private static String option(OptionSpec option) {
    List<String> words = new ArrayList<>();
    for (String name : option.names()) {
      words.add(name.startsWith("--") ? "-l " + name.substring(2) : "-s " + name.substring(1));
    }
    List<String> values = Completion.values(option);
    if (Completion.isList(option)) {
      words.add("-x -a " + quoted("(__qcow2_to_stdout_settings " + String.join(" ", values) + ")"));
    } else if (Completion.isOptional(option)) {
      words.add("-f -a " + quoted(String.join(" ", values)));
    } else if (Completion.isDirectory(option)) {
      words.add("-x -a '(__fish_complete_directories)'");
    } else if (Completion.isFile(option)) {
      words.add("-r -F");
    } else if (!Completion.isFlag(option)) {
      words.add("-x" + (values.isEmpty() ? "" : " -a " + quoted(String.join(" ", values))));
    }
    words.add("-d " + quoted(Completion.description(option)));
    return String.join(" ", words);
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }

  private void line(String line) {
    script.append(line).append('\n');
  }
}
