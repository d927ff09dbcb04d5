package io.github.qcow2tostdout.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The manual pages of the package. */
class ManPagesIT {
  private static final Path SHARE =
      PackagedTool.LAUNCHER.getParent().resolveSibling("share").normalize();

  static Stream<CommandSpec> commands() {
    CommandSpec all = Commands.spec();
    return Stream.concat(
        Stream.of(all),
        new CommandLine(all).getSubcommands().values().stream().map(CommandLine::getCommandSpec));
  }

  private static Path page(CommandSpec command) {
    return SHARE.resolve("man/man1/" + command.qualifiedName("-") + ".1");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void pageHasEveryOptionAndEverySection(CommandSpec command) throws IOException {
    List<String> lines = Files.readAllLines(page(command));
    for (OptionSpec option : command.options()) {
      for (String name : option.names()) {
        String inBold = "\\fB" + name.replace("-", "\\-") + "\\fR";
        assertTrue(lines.stream().anyMatch(line -> line.contains(inBold)), name);
      }
    }
    assertEquals(
        List.of("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS"),
        lines.stream()
            .filter(line -> line.startsWith(".SH "))
            .map(line -> line.substring(4))
            .limit(4)
            .toList());
    for (String section : List.of("\"EXIT STATUS\"", "ENVIRONMENT", "EXAMPLES", "\"SEE ALSO\"")) {
      assertTrue(lines.contains(".SH " + section), section);
    }
    assertFalse(lines.toString().contains("not packaged"));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void pageIsReadByMandocWithoutAWord(CommandSpec command) throws Exception {
    Outcome lint = Tool.MANDOC.run("-Tlint", "-Wwarning", page(command));
    assertEquals(new Outcome(0, "", ""), lint);
    String text =
        Tool.MANDOC.runWell("-Tascii", "-Owidth=100", page(command)).replaceAll(".\b", "");
    String name = command.qualifiedName("-");
    assertTrue(text.lines().anyMatch(line -> line.strip().startsWith(name + " - ")), text);
    String named = text.lines().filter(l -> l.strip().startsWith(name + " - ")).findFirst().get();
    assertTrue(named.length() <= 78, "NAME in a line of a terminal: " + named);
    List<String> shown = text.lines().toList();
    assertEquals("", shown.get(shown.indexOf(named) + 1), "NAME in one line");
    for (String form : command.usageMessage().customSynopsis()) {
      assertTrue(text.lines().anyMatch(line -> line.strip().equals(form.strip())), form);
    }
    for (String line : command.usageMessage().footer()) {
      // What is indented is an example, and the rest a paragraph.
      assertTrue(!line.startsWith("  ") || text.contains(line), line);
    }
  }

  @Test
  void everyCommandHasAPageAndThereAreNoOthers() throws IOException {
    try (Stream<Path> pages = Files.list(SHARE.resolve("man/man1"))) {
      assertEquals(commands().map(ManPagesIT::page).sorted().toList(), pages.sorted().toList());
    }
  }
}
