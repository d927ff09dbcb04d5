package io.github.qcow2tostdout.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.cli.DumpRun;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What docs/inspect.md says of the dump. */
class DumpDocsTest {
  private static final Path DOCS = Path.of("docs/inspect.md");
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

  @TempDir Path directory;

  @Test
  void exampleIsWhatIsPrinted() throws Exception {
    String docs = Files.readString(DOCS);
    int start = docs.indexOf("```console\n", docs.indexOf("<!-- example: dump -->")) + 11;
    String example = docs.substring(start, docs.indexOf("\n```", start) + 1);
    int dumps = 0;
    for (String step : example.split("(?m)^\\$ ", -1)) {
      int lineEnd = step.indexOf('\n');
      if (lineEnd < 0) {
        continue;
      }
      String output = run(words(step.substring(0, lineEnd)));
      assertEquals(step.substring(lineEnd + 1), output);
      dumps += output.isEmpty() ? 0 : 1;
    }
    assertEquals(2, dumps);
  }

  private String run(List<String> command) throws IOException, InterruptedException {
    Object[] arguments = command.subList(1, command.size()).toArray();
    return switch (command.getFirst()) {
      case "qemu-img" -> Tool.QEMU_IMG.runWell(arguments);
      case "qemu-io" -> Tool.QEMU_IO.runWell(arguments);
      default -> {
        assertEquals("qcow2-to-stdout", command.getFirst());
        assertEquals("dump", command.get(1));
        DumpRun run = DumpRun.of(command.subList(2, command.size()).toArray());
        assertEquals(0, run.code(), run.err());
        yield run.out();
      }
    };
  }

  private List<String> words(String command) {
    List<String> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(command);
    while (matcher.find()) {
      String word = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
      words.add(word.equals("disk.qcow2") ? directory.resolve(word).toString() : word);
    }
    return words;
  }

  @Test
  void everyKeyOfTheSchemaIsDescribed() throws Exception {
    String docs = Files.readString(DOCS);
    try (var in = Dump.class.getResourceAsStream("dump.schema.json")) {
      for (JsonNode properties : new JsonMapper().readTree(in).findValues("properties")) {
        for (String key : properties.propertyNames()) {
          assertTrue(docs.contains("`" + key + "`"), key);
        }
      }
    }
  }
}
