import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The completion of zsh, by its own {@code _arguments}. */
final class ZshCompletion {
  private final StringBuilder script = new StringBuilder();

  private ZshCompletion() {}

  static String of(Completion all) {
    return new ZshCompletion().script(all);
  }

  private String script(Completion all) {
    line("#compdef " + Completion.PROGRAM);
    line("# Completion of qcow2-to-stdout for zsh, made by the build from the program's options.");
    line("");
    settings(all.commands().get(Completion.CONVERSION));
    line("_qcow2_to_stdout() {");
    line("  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then");
    line("    local -a commands");
    line("    commands=(");
    all.firstWords().forEach((word, brief) -> line("      " + quoted(word + ":" + brief)));
    line("    )");
    line("    _describe command commands");
    line("    _files");
    line("    return");
    line("  fi");
    line("  case $words[2] in");
    line("    help)");
    line("      _arguments '*:topic:(" + String.join(" ", all.helpTopics()) + ")'");
    line("      return ;;");
    all.commands()
        .forEach((name, command) -> {
          if (!name.equals(Completion.CONVERSION)) {
            line("    " + name + ")");
            line("      shift words");
            line("      (( CURRENT-- ))");
            arguments("      ", command);
            line("      return ;;");
          }
        });
    line("  esac");
    arguments("  ", all.commands().get(Completion.CONVERSION));
    line("}");
    line("");
    line("if [[ $zsh_eval_context[-1] == loadautofunc ]]; then");
    line("  _qcow2_to_stdout \"$@\"");
    line("else");
    line("  compdef _qcow2_to_stdout " + Completion.PROGRAM);
    line("fi");
    return script.toString();
  }

  /** The list of key=value. */
  private void settings(CommandSpec conversion) {
    Map<String, List<String>> keys = new LinkedHashMap<>();
    for (OptionSpec option : Completion.options(conversion)) {
      if (Completion.isList(option)) {
        for (String setting : Completion.values(option)) {
          int equals = setting.indexOf('=');
          List<String> values =
              keys.computeIfAbsent(setting.substring(0, equals), k -> new ArrayList<>());
          if (equals + 1 < setting.length()) {
            values.add(setting.substring(equals + 1));
          }
        }
      }
    }
    line("_qcow2_to_stdout_settings() {");
    line("  _values -s , setting \\");
    keys.forEach((key, values) ->
        line(
            "    "
                + quoted(
                    key
                        + ":value:"
                        + (values.isEmpty() ? "_files" : "(" + String.join(" ", values) + ")"))
                + " \\"));
    line("    help");
    line("}");
    line("");
  }

  private void arguments(String indentation, CommandSpec command) {
    line(indentation + "_arguments -S \\");
    for (OptionSpec option : Completion.options(command)) {
      for (String name : option.names()) {
        line(indentation + "  " + quoted(spec(option, name)) + " \\");
      }
    }
    line(
        indentation
            + "  '*:"
            + command.positionalParameters().getFirst().paramLabel()
            + ":_files'");
  }

  private static String spec(OptionSpec option, String name) {
    String description = "[" + escaped(Completion.description(option)) + "]";
    if (Completion.isFlag(option)) {
      return name + description;
    }
    boolean isLong = name.startsWith("--");
    if (Completion.isOptional(option)) {
      return isLong ? name + "=-" + description + "::" + value(option) : name + description;
    }
    return "*" + name + (isLong ? "=" : "+") + description + ":" + value(option);
  }

  private static String value(OptionSpec option) {
    String label = escaped(option.paramLabel()) + ":";
    List<String> values = Completion.values(option);
    if (Completion.isList(option)) {
      return label + "_qcow2_to_stdout_settings";
    }
    if (!values.isEmpty()) {
      return label + "(" + String.join(" ", values) + ")";
    }
    if (Completion.isDirectory(option)) {
      return label + "_files -/";
    }
    return label + (Completion.isFile(option) ? "_files" : " ");
  }

  private static String escaped(String text) {
    return text.replace("[", "\\[").replace("]", "\\]").replace(":", "\\:");
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }

  private void line(String line) {
    script.append(line).append('\n');
  }
}
