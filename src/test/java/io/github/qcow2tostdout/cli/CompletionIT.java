package io.github.qcow2tostdout.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What the real shells make of a line and a tab. */
@Tag("slow")
@Timeout(120)
class CompletionIT {
  private static final Path SHARE =
      PackagedTool.LAUNCHER.getParent().resolveSibling("share").normalize();
  private static final Path BASH = SHARE.resolve("bash-completion/completions/qcow2-to-stdout");
  private static final Path ZSH = SHARE.resolve("zsh/vendor-completions/_qcow2-to-stdout");
  private static final Path FISH = SHARE.resolve("fish/vendor_completions.d/qcow2-to-stdout.fish");

  /**
   * The beginning of a line, and behind the blank what a tab adds; of several only one is meant.
   */
  private static final List<String> LINES =
      List.of(
          "meas ure",
          "help che ck",
          "help compr ession",
          "--help=compr ession",
          "-c 64 K",
          "--cluster-size=64 K",
          "-f vmd k",
          "-F vmd k",
          "-z -c 12 8K",
          "--compress=zs td",
          "--progress=js on",
          "--detect-change=mt ime",
          "-o compression_type=zs td",
          "-o cluster_size=64K,compression_type=zs td",
          "-o backing_file=large .raw",
          "check --unt rusted",
          "check --output=js on",
          "map -f vmd k",
          "measure -r 6 4",
          "large .raw",
          "check large .raw",
          "dump -o large .raw",
          "--map large .raw",
          "--map=large .raw",
          "-B large .raw",
          "-q large .raw",
          "-- large .raw",
          "--spool-dir tmp /");

  @TempDir static Path directory;

  @BeforeAll
  static void makeFiles() throws IOException {
    Files.createFile(directory.resolve("large.raw"));
    Files.createDirectory(directory.resolve("tmp"));
    Files.createFile(directory.resolve("tmp.raw"));
  }

  @Test
  void bashCompletesFilesValuesAndCommands() throws Exception {
    assertEquals(completed(), typed("bash", BASH));
  }

  @Test
  void zshCompletesFilesValuesAndCommands() throws Exception {
    Tool.ZSH.path();
    // A comma may follow a setting.
    assertEquals(completed(), typed("zsh", ZSH).stream().map(l -> l.replaceAll(",$", "")).toList());
  }

  private static List<String> completed() {
    return LINES.stream().map(line -> "qcow2-to-stdout " + joined(line)).toList();
  }

  private static String joined(String line) {
    int cut = line.lastIndexOf(' ');
    return line.substring(0, cut) + line.substring(cut + 1);
  }

  private static String beginning(String line) {
    return "qcow2-to-stdout " + line.substring(0, line.lastIndexOf(' '));
  }

  /** What an interactive shell has on its line after each beginning and a tab. */
  private static List<String> typed(String shell, Path script) throws Exception {
    Path driver = directory.resolve("completion.py");
    try (var in = CompletionIT.class.getResourceAsStream("/completion.py")) {
      Files.write(driver, in.readAllBytes());
    }
    List<String> command =
        new ArrayList<>(List.of(Tool.PYTHON.path(), driver.toString(), shell, script.toString()));
    LINES.forEach(line -> command.add(beginning(line)));
    Outcome outcome = Outcome.of(new ProcessBuilder(command).directory(directory.toFile()));
    Files.delete(driver);
    assertEquals(0, outcome.code(), outcome::toString);
    return outcome.out().lines().map(String::stripTrailing).toList();
  }

  @Test
  void fishCompletesFilesValuesAndCommands() throws Exception {
    for (String line : LINES) {
      List<String> offered = fish(beginning(line));
      String joined = joined(line);
      String word = joined.substring(joined.lastIndexOf(' ') + 1);
      assertTrue(offered.contains(word), () -> line + ": " + offered);
    }
    assertEquals(List.of("tmp/"), fish("qcow2-to-stdout --spool-dir t"));
    assertEquals(
        List.of("--compress=zlib", "--compress=zstd"), fish("qcow2-to-stdout --compress="));
  }

  private static List<String> fish(String line) throws Exception {
    Outcome outcome =
        Outcome.of(
            new ProcessBuilder(
                    Tool.FISH.path(),
                    "--no-config",
                    "-c",
                    "source $argv[1]; complete -C $argv[2]",
                    FISH.toString(),
                    line)
                .directory(directory.toFile()));
    assertEquals(new Outcome(0, outcome.out(), ""), outcome);
    return outcome.out().lines().map(offer -> offer.split("\t")[0]).sorted().toList();
  }

  @Test
  void everyOptionIsInEachScript() throws Exception {
    String bash = Files.readString(BASH);
    String zsh = Files.readString(ZSH);
    String fish = Files.readString(FISH);
    for (CommandSpec command : commands().toList()) {
      for (OptionSpec option : command.options()) {
        String name = option.longestName();
        assertTrue(bash.matches("(?s).*[ ']" + name + "=?[ '].*"), name);
        assertTrue(zsh.matches("(?s).*'\\*?" + name + "[=+]?-?\\[.*"), name);
        assertTrue(
            fish.contains((name.startsWith("--") ? "-l " : "-s ") + name.replaceAll("^-+", "")));
      }
    }
  }

  private static Stream<CommandSpec> commands() {
    CommandSpec all = Commands.spec();
    return Stream.concat(
        Stream.of(all),
        new CommandLine(all).getSubcommands().values().stream().map(CommandLine::getCommandSpec));
  }
}
