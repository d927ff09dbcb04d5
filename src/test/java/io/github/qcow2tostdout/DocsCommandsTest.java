package io.github.qcow2tostdout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.DocumentedBlock;
import io.github.qcow2tostdout.testing.DocumentedCommands;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every command of the documentation is run by {@code DocsCommandsIT}, or by a test that is named
 * here, or is one of the few that are not run.
 */
final class DocsCommandsTest {
  private static final Path TESTS = Path.of("src/test/java/io/github/qcow2tostdout");

  /** Tests, by their files, with the pages and the examples there that they run. */
  private static final Map<String, Map<String, String>> RUN_ELSEWHERE =
      Map.of(
          "it/ReadmeExamplesIT",
          Map.of(
              "README.md", "ssh curl build verify delta",
              "docs/digests.md", "put sums tar container fifo",
              "docs/restoring.md", "curl ssh tee"),
          "it/PicturesIT",
          Map.of("docs/pictures.md", "pictures"),
          "it/UploadToS3IT",
          Map.of("docs/uploading.md", "aws s3cmd machines"),
          "it/UploadByEnginesIT",
          Map.of("docs/uploading.md", "slurm parallel"),
          "it/ReceiversIT",
          Map.of("docs/uploading.md", "http ssh oci rclone restic borg"),
          "it/StandInsIT",
          Map.of("docs/uploading.md", "glance harvester xapi proxmox"));

  @Test
  void everyCommandIsRun() throws Exception {
    List<String> missing = new ArrayList<>();
    for (DocumentedBlock block : DocumentedBlock.all()) {
      boolean counts = block.isCommands() && !block.mark().equals("file");
      if (counts && !DocumentedCommands.withoutWhatIsNotRun(block).isEmpty()) {
        boolean here =
            DocumentedCommands.runHere(block.page())
                .contains(DocumentedCommands.function(block.name()));
        boolean elsewhere = elsewhere(block.page()).contains(block.name());
        if (here == elsewhere) {
          missing.add(block.place() + (here ? ": run twice" : ": run by no test"));
        }
      }
    }
    assertEquals(
        List.of(), missing, "see DocumentedCommands for how a test runs what a page tells to do");
  }

  /** Of these the tests run the files. */
  @Test
  void filesThatAreShownAreTheFiles() throws Exception {
    int count = 0;
    for (DocumentedBlock block : DocumentedBlock.all()) {
      if (block.mark().equals("file")) {
        assertEquals(Files.readString(Path.of(block.name())), block.text(), block::place);
        count++;
      }
    }
    assertTrue(count >= 10, "few files are shown");
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

  @Test
  void testsThatAreNamedRunWhatIsSaid() throws Exception {
    for (var test : RUN_ELSEWHERE.entrySet()) {
      String source = Files.readString(TESTS.resolve(test.getKey() + ".java"));
      for (var page : test.getValue().entrySet()) {
        String name = Path.of(page.getKey()).getFileName().toString();
        assertTrue(source.contains(name + "\""), () -> test.getKey() + " does not know " + name);
        for (String example : page.getValue().split(" ")) {
          assertTrue(
              Pattern.compile("(\"|example: )" + example + "(\"| -->)").matcher(source).find(),
              () -> test.getKey() + " does not run " + example);
        }
      }
    }
  }

  @Test
  void nothingIsPreparedForWhatIsNotThere() throws Exception {
    Map<Path, Set<String>> there = new HashMap<>();
    Set<String> notRun = new TreeSet<>(DocumentedCommands.NOT_RUN.keySet());
    for (DocumentedBlock block : DocumentedBlock.all()) {
      there
          .computeIfAbsent(block.page(), page -> new TreeSet<>())
          .add(DocumentedCommands.function(block.name()));
      block.text().lines().forEach(line -> notRun.removeIf(line::startsWith));
    }
    assertEquals(Set.of(), notRun);
    for (Path page : DocumentedBlock.pages()) {
      Set<String> prepared = new TreeSet<>(DocumentedCommands.runHere(page));
      for (String example : elsewhere(page)) {
        prepared.add(DocumentedCommands.function(example));
      }
      prepared.removeAll(there.getOrDefault(page, Set.of()));
      assertEquals(Set.of(), prepared, page::toString);
    }
  }

  private static Set<String> elsewhere(Path page) {
    Set<String> examples = new TreeSet<>();
    for (Map<String, String> pages : RUN_ELSEWHERE.values()) {
      pages.forEach((name, list) -> {
        if (page.equals(Path.of(name))) {
          examples.addAll(Arrays.asList(list.split(" ")));
        }
      });
    }
    return examples;
  }
}
