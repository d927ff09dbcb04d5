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
import io.github.qcow2tostdout.testing.RecipeShell;
import io.github.qcow2tostdout.testing.Servers;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
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
  private static final Path SCRATCH = Path.of("scratch");

  @TempDir static Path directory;
  private static final Servers SERVERS = new Servers();
  private static RecipeShell shell;

  @BeforeAll
  static void startServers() throws Exception {
    for (Tool tool :
        List.of(Tool.QEMU_IMG, Tool.QEMU_IO, Tool.NBDKIT, Tool.MKE2FS, Tool.CURL, Tool.JQ)) {
      tool.path();
    }
    shell = new RecipeShell(directory);
    Path there = Files.createDirectory(directory.resolve("there"));
    shell.set("there", there.toString());
    // The receiver of which a page says no more than that there is one.
    shell.wrap("…", "cat > received");
    shell.wrap("free-port", "echo " + Servers.freePort());
    LoopbackSshd.start(SERVERS, shell, there, "PATH='" + shell.file("bin") + "':$PATH; ");
    int web = LoopbackNginx.start(SERVERS, directory, "", "root " + there + ";");
    shell.wrap(
        "curl", "exec '" + Tool.CURL.path() + "' --connect-to host:80:127.0.0.1:" + web + " \"$@\"");
    int registry = LoopbackRegistry.start(SERVERS, directory);
    shell.set("REGISTRY", "127.0.0.1:" + registry);
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
    String commands = block.isSession() ? session(block) : DocumentedCommands.withoutWhatIsNotRun(block);
    Files.writeString(scratch.resolve("commands"), commands.replace("docs/examples/", examples));
    Outcome outcome =
        shell.run(
            """
            set -eEo pipefail
            example=%s session=%s scratch='%s'
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
          codes.get(i).equals("0") || codeIsSaid, () -> block + ": " + step.command() + "\n" + printed);
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
    return Pattern.compile(
        numbersVary ? lines.replaceAll("[0-9]+", "\\\\E[0-9]+\\\\Q") : lines);
  }
}
