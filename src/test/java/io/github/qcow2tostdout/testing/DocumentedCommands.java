package io.github.qcow2tostdout.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How the commands of the documentation are run. Those of a page {@code NAME.md} have a script
 * {@code NAME.sh} among the test's resources, whose functions prepare the files of a block ({@code
 * before_EXAMPLE}, if it needs other ones than a disk) and look at what it has left ({@code
 * after_EXAMPLE}). Every block that has the second is run by {@code DocsCommandsIT}.
 */
public final class DocumentedCommands {
  private static final Path SCRIPTS = Path.of("src/test/resources/docs-commands");
  private static final Path INDEX = Path.of("docs/README.md");
  private static final Pattern FUNCTION = Pattern.compile("(?m)^after_(\\w+)\\(\\)");
  private static final String BUILD = "it is the build, which has made what is tested";
  private static final String INSTALL = "it installs on the machine; PackagesIT runs what is in it";

  /** Lines that no test runs, as they begin, and why. */
  public static final Map<String, String> NOT_RUN =
      Map.ofEntries(
          Map.entry("sudo apt install ./target/", INSTALL),
          Map.entry("sudo dnf install ./target/", INSTALL),
          Map.entry("sudo tar xzf target/", INSTALL),
          Map.entry("mvn -q package && target/", BUILD),
          Map.entry("mvn package", BUILD),
          Map.entry("mvn verify", BUILD),
          Map.entry("mvn -Prandom verify", BUILD),
          Map.entry("mvn -Pformat process-sources", "it changes the sources"),
          Map.entry("mvn -Pfuzz test", "it looks for faults for many minutes"),
          Map.entry("mvn -f src/test/s3mock package", "it fetches 30 MB from the net"),
          Map.entry("src/benchmark/run", "it takes 16 GiB and a machine that is quiet"));

  private DocumentedCommands() {}

  /** The script of a page; it need not exist. */
  public static Path script(Path page) {
    String name = page.equals(INDEX) ? "index.md" : page.getFileName().toString();
    return SCRIPTS.resolve(name.replace(".md", ".sh"));
  }

  /** What all scripts have in common. */
  public static Path common() {
    return SCRIPTS.resolve("common.sh");
  }

  /** The name of an example in the functions. */
  public static String function(String example) {
    return example.replace('-', '_');
  }

  /** The examples of a page that {@code DocsCommandsIT} runs, as functions call them. */
  public static Set<String> runHere(Path page) throws IOException {
    Path script = script(page);
    return Files.exists(script)
        ? FUNCTION
            .matcher(Files.readString(script))
            .results()
            .map(function -> function.group(1))
            .collect(Collectors.toCollection(TreeSet::new))
        : Set.of();
  }

  /** The text of a block without the lines that are not run, empty ones and comments. */
  public static String withoutWhatIsNotRun(DocumentedBlock block) {
    return block
        .text()
        .lines()
        .filter(line -> NOT_RUN.keySet().stream().noneMatch(line::startsWith))
        .filter(line -> !line.isBlank() && !line.startsWith("# "))
        .collect(Collectors.joining("\n"));
  }

  /** The blocks that {@code DocsCommandsIT} runs. */
  public static List<DocumentedBlock> blocksToRun() throws IOException {
    List<DocumentedBlock> blocks = new ArrayList<>();
    for (DocumentedBlock block : DocumentedBlock.all()) {
      boolean example = block.mark().equals("example");
      if (example && runHere(block.page()).contains(function(block.name()))) {
        blocks.add(block);
      }
    }
    return blocks;
  }
}
