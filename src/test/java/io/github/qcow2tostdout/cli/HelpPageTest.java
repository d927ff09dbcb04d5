package io.github.qcow2tostdout.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.cli.option.HelpGroup;
import io.github.qcow2tostdout.cli.option.HelpOptions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

class HelpPageTest {
  private static final int SCREEN = 45;

  private static final int WIDTH = 80;

  static Stream<CommandSpec> commands() {
    CommandSpec all = Commands.spec();
    return Stream.concat(
        Stream.of(all),
        new CommandLine(all).getSubcommands().values().stream().map(CommandLine::getCommandSpec));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void theFirstScreenIsOneAndNamesEveryOption(CommandSpec command) {
    String page = HelpPage.of(command, "", WIDTH);
    assertTrue(page.lines().count() <= SCREEN, page);
    assertTrue(page.lines().allMatch(line -> line.length() <= WIDTH), page);
    for (OptionSpec option : command.options()) {
      assertTrue(page.contains(option.longestName()), option.longestName());
    }
    List<String> lines = page.lines().toList();
    assertTrue(lines.indexOf("Examples:") < lines.indexOf("Options:"), page);
    assertTrue(lines.getFirst().startsWith("Usage: " + command.qualifiedName()), page);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void allHasEveryWordOfEveryOption(CommandSpec command) {
    String page = HelpPage.of(command, "all", WIDTH).replaceAll("\\s+", " ");
    for (OptionSpec option : command.options()) {
      assertTrue(page.contains(String.join(" ", option.description())), option.longestName());
    }
    assertTrue(page.contains("Exit codes:"), page);
    for (String line : command.usageMessage().footer()) {
      assertTrue(page.contains(line.strip()), line);
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void eachTopicHasTheOptionsOfItsGroupAndNoOthers(CommandSpec command) {
    for (HelpGroup group : HelpGroup.values()) {
      String topic = HelpOptions.topic(group);
      if (HelpOptions.topics(command).contains(topic)) {
        String page = HelpPage.of(command, topic, WIDTH);
        for (OptionSpec option : command.options()) {
          assertEquals(
              HelpGroup.of(option) == group,
              page.lines()
                  .filter(line -> line.matches(" {2}(-.*| {4}--.*)"))
                  .anyMatch(line -> names(line).contains(option.longestName())),
              () -> option.longestName() + "\n" + page);
        }
      }
    }
  }

  /** The names of an option in a line that begins with them. */
  private static List<String> names(String line) {
    return List.of(line.strip().split(" {2,}")[0].split("[ =\\[,]+"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 40, 60, 80, 100, 110})
  void linesAreAsWideAsTheTerminal(int width) {
    int room = Math.max(width, 40);
    String page =
        HelpPage.of(Commands.spec().subcommands().get("check").getCommandSpec(), "all", width);
    for (String line : page.lines().toList()) {
      // An example is not broken, nor is the synopsis.
      assertTrue(line.length() <= room || line.matches("(Usage:|  (qcow2|ssh)).*"), line);
    }
  }

  @Test
  void anUnknownTopicIsRefusedWithTheKnown() {
    Console console = new Console();
    assertEquals(64, console.run("check", "--help=mesages"));
    assertEquals(
        "qcow2-to-stdout: --help=mesages: not allowed; allowed: all, input, messages; did you mean"
            + " messages?",
        console.errLines().getFirst());
  }

  @ParameterizedTest
  @CsvSource({
    "help, --help",
    "help check, check --help",
    "help all, --help=all",
    "help input, --help=input",
    "help measure delta, measure --help=delta",
    "version, --version",
    "-o ?, -o help",
    "measure -o cluster_size=4K&help, -o help"
  })
  void wordsAskLikeOptions(String words, String options) {
    Console asked = new Console();
    assertEquals(0, asked.run((Object[]) words.replace('&', ',').split(" ")), asked::err);
    Console meant = new Console();
    assertEquals(0, meant.run((Object[]) options.split(" ")), meant::err);
    assertEquals(meant.outText(), asked.outText());
    assertFalse(asked.outText().isEmpty());
    assertEquals("", asked.err());
  }

  @Test
  void theKeysOfAllImagesAreListed() {
    Console console = new Console();
    assertEquals(0, console.run("-o", "help"));
    for (String key : List.of("cluster_size ", "compat ", "0.10, 1.1, v2, v3", "zlib, zstd")) {
      assertTrue(console.outText().contains(key), console::outText);
    }
  }
}
