package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs the examples of the section on check in docs/inspect.md, as they are written there. */
@Timeout(60)
final class CheckDocsIT {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"check, 3", "stream, 3", "refused, 3"})
  void exampleIsWhatIsPrinted(String name, int withOutput) throws Exception {
    Tool.QEMU_IMG.path();
    Tool.QEMU_IO.path();
    String docs = Files.readString(Path.of("docs/inspect.md"));
    int mark = docs.indexOf("<!-- example: " + name + " -->");
    assertTrue(mark > 0, name);
    int start = docs.indexOf("```console\n", mark) + 11;
    String example = docs.substring(start, docs.indexOf("```", start));
    int printed = 0;
    int lastCode = 0;
    for (String step : example.split("(?m)^\\$ ", -1)) {
      int lineEnd = step.indexOf('\n');
      if (lineEnd < 0) {
        continue;
      }
      Outcome outcome = run(step.substring(0, lineEnd), lastCode);
      assertEquals(step.substring(lineEnd + 1), outcome.out(), step);
      printed += outcome.out().isEmpty() ? 0 : 1;
      lastCode = outcome.code();
    }
    assertEquals(withOutput, printed);
  }

  /** One command; {@code $?} is the code of the one before it. */
  private Outcome run(String command, int lastCode) throws IOException, InterruptedException {
    return PackagedTool.bash(
        directory,
        "qcow2-to-stdout() { \"$0\" \"$@\"; }; exec 2>&1; (exit " + lastCode + "); " + command);
  }
}
