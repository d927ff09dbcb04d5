package io.github.qcow2tostdout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/uploading.md shows the very files that the tests run. */
final class UploadingPageTest {
  private static final Path PAGE = Path.of("docs/uploading.md");

  @Test
  void whatItShowsIsTheFile() throws Exception {
    Matcher block =
        Pattern.compile("<!-- file: (\\S+) -->\n```\\w+\n(.*?)```\n", Pattern.DOTALL)
            .matcher(Files.readString(PAGE));
    int count = 0;
    while (block.find()) {
      assertEquals(Files.readString(Path.of(block.group(1))), block.group(2), block.group(1));
      count++;
    }
    assertTrue(count >= 8, () -> "few files are shown");
  }

  @Test
  void everyBlockIsRunOrIsAFile() throws Exception {
    List<String> lines = Files.readAllLines(PAGE);
    for (int i = 1; i < lines.size(); i++) {
      if (lines.get(i).startsWith("```sh")) {
        assertTrue(lines.get(i - 1).matches("<!-- (example|file): \\S+ -->"), "line " + (i + 1));
      }
    }
  }

  @Test
  void scriptsCanBeStarted() throws Exception {
    try (Stream<Path> files = Files.walk(Path.of("docs/examples"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        boolean script = Files.readString(file).startsWith("#!");
        boolean batch = file.toString().endsWith(".sbatch");
        assertEquals(script && !batch, Files.isExecutable(file), file::toString);
      }
    }
  }
}
