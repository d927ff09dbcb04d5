import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.OptionSpec;

/** The completion of bash. It needs nothing of the package bash-completion. */
final class BashCompletion {
  /** What follows is to be read with bash's own names: COMP_WORDS is split at each "=". */
  private static final String SCRIPT =
      """
      # Completion of qcow2-to-stdout for bash, made by the build from the program's options.

      _qcow2_to_stdout() {
        local rest=${COMP_LINE:0:COMP_POINT} words=() current= i
        COMPREPLY=()
        # What stands together is one word again, up to the cursor; of the last, current is what is replaced.
        for ((i = 0; i <= COMP_CWORD; i++)); do
          [[ $i == 0 || $rest == [[:space:]]* ]] && words+=('')
          rest=${rest#"${rest%%[![:space:]]*}"}
          current=${COMP_WORDS[i]}
          ((i < COMP_CWORD)) || current=$rest
          words[${#words[@]} - 1]+=$current
          rest=${rest#"$current"}
        done
        [[ $current == = ]] && current=
        local last=$((${#words[@]} - 1)) command=
        local word=${words[last]} before=${words[last - 1]}
        case ${words[1]} in
          @COMMANDS@) ((last > 1)) && command=${words[1]} ;;
        esac
        for ((i = 1; i < last; i++)); do
          [[ ${words[i]} == -- ]] && return
        done

        local option= value= values=
        if [[ $word == -*=* ]]; then
          option=${word%%=*} value=${word#*=}
        elif ((last > 1)) && [[ $before == -?* ]]; then
          case $command:$before in
            @TAKES@) option=$before value=$word ;;
          esac
        fi
        if [[ $option ]]; then
          case $command:$option in
      @VALUES@
            @FILES@) return ;;
            @DIRECTORIES@)
              compopt -o dirnames +o default +o bashdefault 2>/dev/null
              return ;;
          esac
          compopt +o default +o bashdefault 2>/dev/null
          case $command:$option in
            @LISTS@) _qcow2_to_stdout_setting ;;
          esac
        elif [[ $word == -* ]]; then
          case $command in
      @OPTIONS@
          esac
        elif [[ $command == help ]]; then
          values='@TOPICS@'
        elif ((last == 1)) && [[ $word ]]; then
          values='@WORDS@'
        fi

        local kept=${word%"$current"} all=${word%"$value"} candidate
        [[ $option ]] || all=
        for candidate in $values; do
          candidate=$all$candidate
          [[ $candidate == "$word"* ]] || continue
          COMPREPLY+=("${candidate#"$kept"}")
          [[ $candidate == *= ]] && compopt -o nospace 2>/dev/null
        done
        # A file may begin like a command.
        if ((last == 1 && ${#COMPREPLY[@]} > 0)) && [[ $word != -* ]]; then
          compopt -o filenames 2>/dev/null
          while IFS= read -r candidate; do COMPREPLY+=("$candidate"); done < <(compgen -f -- "$word")
        fi
      }

      # The keys, or the values of the last key of a list.
      _qcow2_to_stdout_setting() {
        local setting=${value##*,} all=$values candidate
        local head=${value%"$setting"}
        values=
        if [[ $setting != *=* ]]; then
          for candidate in $all; do
            candidate=${candidate%%=*}=
            [[ " $values " == *" $head$candidate "* ]] || values+=" $head$candidate"
          done
        else
          for candidate in $all; do
            [[ $candidate == *=?* ]] && values+=" $head$candidate"
          done
          # The name of a file.
          [[ " $all " == *" ${setting%%=*}= "* ]] && compopt -o default 2>/dev/null
        fi
      }

      complete -o bashdefault -o default -F _qcow2_to_stdout qcow2-to-stdout
      """;

  private final Map<String, List<String>> values = new LinkedHashMap<>();
  private final List<String> takes = new ArrayList<>();
  private final List<String> files = new ArrayList<>();
  private final List<String> directories = new ArrayList<>();
  private final List<String> lists = new ArrayList<>();
  private final List<String> options = new ArrayList<>();

  private BashCompletion() {}

  static String of(Completion all) {
    return new BashCompletion().script(all);
  }

  private String script(Completion all) {
    all.commands()
        .forEach((command, spec) -> {
          List<String> names = new ArrayList<>();
          for (OptionSpec option : Completion.options(spec)) {
            for (String name : option.names()) {
              add(command + ":" + name, option);
            }
            boolean equals =
                !Completion.isFlag(option)
                    && !Completion.isOptional(option)
                    && option.longestName().startsWith("--");
            names.add(option.longestName() + (equals ? "=" : ""));
          }
          options.add("      '" + command + "') values='" + String.join(" ", names) + "' ;;");
        });
    StringBuilder cases = new StringBuilder();
    values.forEach((list, of) ->
        cases
            .append("      ")
            .append(pattern(of))
            .append(") values='")
            .append(list)
            .append("' ;;\n"));
    return SCRIPT
        .replace("@COMMANDS@", pattern(List.copyOf(all.firstWords().keySet())))
        .replace("@TAKES@", pattern(takes))
        .replace("@VALUES@", cases.toString().stripTrailing())
        .replace("@FILES@", pattern(files))
        .replace("@DIRECTORIES@", pattern(directories))
        .replace("@LISTS@", pattern(lists))
        .replace("@OPTIONS@", String.join("\n", options))
        .replace("@TOPICS@", String.join(" ", all.helpTopics()))
        .replace("@WORDS@", String.join(" ", all.firstWords().keySet()));
  }

  private void add(String key, OptionSpec option) {
    if (Completion.isFlag(option)) {
      return;
    }
    if (!Completion.isOptional(option)) {
      takes.add(key);
    }
    List<String> list = Completion.values(option);
    if (!list.isEmpty()) {
      values.computeIfAbsent(String.join(" ", list), k -> new ArrayList<>()).add(key);
    }
    if (Completion.isFile(option)) {
      files.add(key);
    }
    if (Completion.isDirectory(option)) {
      directories.add(key);
    }
    if (Completion.isList(option)) {
      lists.add(key);
    }
  }

  private static String pattern(List<String> words) {
    return String.join(" | ", words);
  }
}
