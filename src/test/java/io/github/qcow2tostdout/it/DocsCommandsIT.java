package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.DocumentedBlock;
import io.github.qcow2tostdout.testing.DocumentedBlock.Step;
import io.github.qcow2tostdout.testing.DocumentedCommands;
import io.github.qcow2tostdout.testing.LoopbackNginx;
import io.github.qcow2tostdout.testing.LoopbackRegistry;
import io.github.qcow2tostdout.testing.LoopbackSshd;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.RecipeShell;
import io.github.qcow2tostdout.testing.Servers;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs the commands of the documentation as they are written there, each block in a directory of
 * its own, and looks at what they leave. {@code ssh} reaches a server on this machine, whose files
 * are in {@code $there}, and so does {@code http://host}.
 */
@Timeout(120)
final class DocsCommandsIT {
  private static final Pattern COMMAND =
      Pattern.compile("(?m)^  ([a-z]+) (?:INPUT|IMAGE|PLAN|META) ");
  private static final Pattern OPTION = Pattern.compile("(?m)^ {2,6}(?:-\\w, )?(--[a-z0-9-]+)");
  private static final Path SCRATCH = Path.of("scratch");

  @TempDir static Path directory;
  private static final Servers SERVERS = new Servers();
  private static RecipeShell shell;

  @BeforeAll
  static void startServers() throws Exception {
    for (Tool tool :
        List.of(
            Tool.QEMU_IMG,
            Tool.QEMU_IO,
            Tool.NBDKIT,
            Tool.MKE2FS,
            Tool.CURL,
            Tool.JQ,
            Tool.E2FSCK)) {
      tool.path();
    }
    shell = new RecipeShell(directory);
    Path there = Files.createDirectory(directory.resolve("there"));
    shell.set("there", there.toString());
    shell.set("LC_ALL", "C.UTF-8");
    // The receiver of which a page says no more than that there is one.
    shell.wrap("…", "cat > received");
    shell.wrap("free-port", "echo " + Servers.freePort());
    LoopbackSshd.start(SERVERS, shell, there, "PATH='" + shell.file("bin") + "':$PATH; ");
    int web = LoopbackNginx.start(SERVERS, directory, "", "root " + there + ";");
    shell.wrap(
        "curl",
        "exec '" + Tool.CURL.path() + "' --connect-to host:80:127.0.0.1:" + web + " \"$@\"");
    int registry = LoopbackRegistry.start(SERVERS, directory);
    shell.set("registry", "127.0.0.1:" + registry);
    shell.wrap(
        "skopeo",
        "shift; exec '%s' --insecure-policy copy --src-tls-verify=false --dest-tls-verify=false \"$@\""
            .formatted(Tool.SKOPEO.path()));
  }

  @AfterAll
  static void stopServers() {
    SERVERS.close();
  }

  static List<DocumentedBlock> blocks() throws IOException {
    return DocumentedCommands.blocksToRun();
  }

  @ParameterizedTest
  @MethodSource("blocks")
  void itDoesWhatThePageSays(DocumentedBlock block) throws Exception {
    Path scratch = Files.createDirectories(directory.resolve(SCRATCH));
    String examples = Path.of("docs/examples").toAbsolutePath() + "/";
    String commands =
        block.isSession() ? session(block) : DocumentedCommands.withoutWhatIsNotRun(block);
    Files.writeString(scratch.resolve("commands"), commands.replace("docs/examples/", examples));
    Outcome outcome =
        shell.run(
            """
            set -eEo pipefail
            example=%s session=%s scratch='%s' examples=docs/examples/
            . '%s'
            . '%s'
            run_example
            """
                .formatted(
                    DocumentedCommands.function(block.name()),
                    block.isSession(),
                    scratch,
                    DocumentedCommands.common().toAbsolutePath(),
                    DocumentedCommands.script(block.page()).toAbsolutePath()));
    assertEquals(0, outcome.code(), () -> block + "\n" + outcome.out() + outcome.err());
    if (block.isSession()) {
      assertPrinted(block, scratch);
    }
  }

  @Test
  void everyCommandAndOptionIsDescribed() throws Exception {
    StringBuilder pages = new StringBuilder();
    for (Path page : DocumentedBlock.pages()) {
      pages.append(Files.readString(page));
    }
    String readme = Files.readString(Path.of("README.md"));
    List<String> missing = new ArrayList<>();
    List<String> commands =
        COMMAND.matcher(help("--help")).results().map(command -> command.group(1)).toList();
    assertTrue(commands.size() >= 11, commands::toString);
    for (String command : commands) {
      if (!readme.contains("\nqcow2-to-stdout " + command + " [OPTIONS] ")) {
        missing.add(command);
      }
      OPTION
          .matcher(help(command, "--help=all"))
          .results()
          .map(option -> option.group(1))
          .filter(option -> !Pattern.compile("`" + option + "\\b").matcher(pages).find())
          .forEach(option -> missing.add(command + " " + option));
    }
    OPTION
        .matcher(help("--help=all"))
        .results()
        .map(option -> option.group(1))
        .filter(option -> !Pattern.compile("`" + option + "\\b").matcher(readme).find())
        .forEach(missing::add);
    assertEquals(List.of(), missing);
  }

  private static String help(Object... arguments) throws IOException, InterruptedException {
    Outcome outcome = PackagedTool.run(arguments);
    assertEquals(0, outcome.code(), outcome::err);
    return outcome.out();
  }

  /** A script that keeps what each command prints, and its code, for the next one too. */
  private static String session(DocumentedBlock block) {
    StringBuilder script = new StringBuilder();
    List<Step> steps = block.steps();
    for (int i = 0; i < steps.size(); i++) {
      script.append(
          """
          { %s
          } > "$scratch/printed.%d" 2>&1
          code=$?; echo $code >> "$scratch/codes"; (exit $code)
          """
              .formatted(steps.get(i).command(), i));
    }
    return script.append("true\n").toString();
  }

  private static void assertPrinted(DocumentedBlock block, Path scratch) throws IOException {
    List<Step> steps = block.steps();
    List<String> codes = Files.readAllLines(scratch.resolve("codes"));
    assertEquals(steps.size(), codes.size(), block::toString);
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      String printed = Files.readString(scratch.resolve("printed." + i));
      boolean codeIsSaid = i + 1 < steps.size() && steps.get(i + 1).command().equals("echo $?");
      assertTrue(
          codes.get(i).equals("0") || codeIsSaid,
          () -> block + ": " + step.command() + "\n" + printed);
      if (!pattern(step.output(), block.numbersVary()).matcher(printed).matches()) {
        assertEquals(step.output(), printed, () -> block + ": " + step.command());
      }
    }
  }

  /** A line of an ellipsis stands for any lines. */
  private static Pattern pattern(String output, boolean numbersVary) {
    String lines =
        output
            .lines()
            .map(line -> line.equals("…") ? "(?s:.*)" : Pattern.quote(line) + "\n")
            .collect(Collectors.joining());
    return Pattern.compile(numbersVary ? lines.replaceAll("[0-9]+", "\\\\E[0-9]+\\\\Q") : lines);
  }
}
