package io.github.qcow2tostdout.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Disks;
import io.github.qcow2tostdout.testing.HeldProcess;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged program starts from wherever it is, in whatever environment, and says nothing. */
@Timeout(60)
final class LauncherIT {
  private static final String VERSION = "qcow2-to-stdout " + versionOfThePom() + "\n";

  @TempDir static Path directory;
  private static Path disk;
  private static String image;

  @BeforeAll
  static void convert() throws Exception {
    disk = Disks.full(directory.resolve("disk.raw"), 3_000_000);
    image = PackagedTool.run(disk).out();
    assertEquals("QFI\u00fb", image.substring(0, 4));
  }

  @Test
  void versionIsThatOfThePom() throws Exception {
    assertPrints(VERSION, PackagedTool.run("--version"));
    assertPrints(VERSION, PackagedTool.run("-V"));
  }

  @Test
  void helpGoesToStandardOutput() throws Exception {
    Outcome help = PackagedTool.run("-h");
    assertTrue(help.out().contains("Options:"), help::toString);
    assertPrints(help.out(), PackagedTool.run("--help"));
    assertPrints(help.out(), PackagedTool.run("help"));
  }

  @Test
  void helpHasTheWidthOfTheTerminal() throws Exception {
    for (int columns : new int[] {70, 100}) {
      String help = onTerminal(columns);
      int longest =
          help.lines()
              .filter(line -> line.startsWith("        "))
              .mapToInt(String::length)
              .max()
              .orElse(0);
      assertTrue(columns - 10 < longest && longest <= columns, help);
    }
    assertEquals(
        PackagedTool.run("check", "--help=all").out(), onTerminal(80), "80 where nobody knows");
  }

  private static String onTerminal(int columns) throws Exception {
    Outcome outcome =
        Tool.SCRIPT.run(
            "-qec",
            "stty cols %d; '%s' check --help=all".formatted(columns, PackagedTool.LAUNCHER),
            "/dev/null");
    assertEquals(0, outcome.code(), outcome::toString);
    return outcome.out().replace("\r", "");
  }

  @Test
  void helpOfMeasureGoesToStandardOutput() throws Exception {
    Outcome help = PackagedTool.run("measure", "-h");
    assertTrue(help.out().contains("qcow2-to-stdout measure [OPTIONS] INPUT"), help::toString);
    assertPrints(help.out(), PackagedTool.run("measure", "--help"));
  }

  @Test
  void runsWithAnEmptyEnvironment() throws Exception {
    assertPrints(image, run("env -i \"$0\" \"$1\"", disk));
  }

  @Test
  void runsWithNothingOnThePath() throws Exception {
    assertPrints(image, run("PATH=/nonexistent \"$0\" \"$1\"", disk));
  }

  @Test
  void runsWithTheRootAsDirectory() throws Exception {
    assertPrints(image, run("cd / && \"$0\" \"$1\"", disk));
  }

  @Test
  void runsThroughChainedRelativeLinksWithAnEmptyEnvironment() throws Exception {
    Path first = Files.createDirectory(directory.resolve("first"));
    Path second = Files.createDirectory(directory.resolve("second"));
    Files.createSymbolicLink(first.resolve("a"), first.relativize(PackagedTool.LAUNCHER));
    Files.createSymbolicLink(second.resolve("b"), Path.of("../first/a"));
    Files.createSymbolicLink(directory.resolve("c"), Path.of("second/b"));
    assertPrints(VERSION, run("env -i ./c --version"));
    assertPrints(VERSION, run("cd / && env -i \"$1\" --version", directory.resolve("c")));
    assertPrints(VERSION, run("cd second && env -i sh b --version"));
  }

  @Test
  void runsFromThePath() throws Exception {
    assertPrints(VERSION, run("PATH=${0%/*}:$PATH; cd / && qcow2-to-stdout --version"));
  }

  @Test
  void runsAsAnArgumentOfTheShellInItsOwnDirectory() throws Exception {
    assertPrints(VERSION, run("cd \"${0%/*}\" && sh qcow2-to-stdout --version"));
  }

  @Test
  void aCopyUsesItsOwnStartUpArchive() throws Exception {
    Path copy = PackagedTool.copyTo(directory.resolve("moved to here"));
    // With "on" the VM refuses to start without an archive that fits.
    assertPrints(image, run("QCOW2_TO_STDOUT_JAVA_OPTS=-Xshare:on env \"$2\" \"$1\"", disk, copy));
    String check = "QCOW2_TO_STDOUT_JAVA_OPTS=\"$3\" \"$2\" check -q \"$1\"";
    String dump = "QCOW2_TO_STDOUT_JAVA_OPTS=\"$3\" \"$2\" dump --header \"$1\" >/dev/null";
    Path file = Files.write(directory.resolve("image"), image.getBytes(ISO_8859_1));
    assertPrints("", run(check, file, copy, "-Xshare:on"));
    assertPrints("", run(dump, file, copy, "-Xshare:on"));
    Path server = copy.getParent().resolve("../runtime/lib/server");
    Files.delete(server.resolve("inspect.jsa"));
    assertEquals(1, run(check, file, copy, "-Xshare:on").code());
    assertPrints("", run(check, file, copy, ""));
    assertPrints(image, run("QCOW2_TO_STDOUT_JAVA_OPTS=-Xshare:on env \"$2\" \"$1\"", disk, copy));
    Files.delete(server.resolve("classes.jsa"));
    assertEquals(1, run("QCOW2_TO_STDOUT_JAVA_OPTS=-Xshare:on \"$2\" \"$1\"", disk, copy).code());
  }

  @Test
  void javaOptionsOfOthersAreIgnored() throws Exception {
    assertPrints(
        image,
        run(
            "export JAVA_TOOL_OPTIONS=-Xmx1k _JAVA_OPTIONS=-Xmx1k JDK_JAVA_OPTIONS=-Xmx1k;"
                + " JAVA_HOME=/nonexistent CLASSPATH=/nonexistent \"$0\" \"$1\"",
            disk));
  }

  @Test
  void javaOptionsOfItsOwnReachTheVm() throws Exception {
    assertPrints(image, run("QCOW2_TO_STDOUT_JAVA_OPTS='-Xmx64m -Xint' \"$0\" \"$1\"", disk));
    Outcome refused = run("QCOW2_TO_STDOUT_JAVA_OPTS=-Xmx1k \"$0\" \"$1\"", disk);
    refused.assertFailedBeforeTheFirstByte(1, "heap");
  }

  @Test
  void fileNamesBeyondAsciiWorkInTheCLocale() throws Exception {
    Files.copy(disk, directory.resolve("d\u00efsk \u2603.raw"));
    assertPrints(
        image, run("LC_ALL=C LANG=C \"$0\" \"$(printf 'd\\303\\257sk \\342\\230\\203.raw')\""));
  }

  @Test
  void messagesShowFileNamesBeyondAsciiInTheCLocale() throws Exception {
    run("LC_ALL=C \"$0\" \"$(printf 'f\\303\\257le')\"").assertFailed(1, "f\u00efle: no such file");
  }

  @Test
  void closedStandardOutputIsRefusedInOneLine() throws Exception {
    Outcome outcome = run("\"$0\" \"$1\" >&-", disk);
    outcome.assertFailed(1, "standard output is closed; pipe it");
    assertEquals(1, outcome.err().lines().count());
  }

  @Test
  void allStreamsClosedIsAFailureAndLeavesTheDiskAlone() throws Exception {
    Path copy = Files.copy(disk, directory.resolve("copy.raw"));
    assertEquals(1, run("\"$0\" \"$1\" <&- >&- 2>&-", copy).code());
    assertEquals(-1, Files.mismatch(disk, copy));
  }

  @Test
  void closedStandardInputAndErrorDoNotMatter() throws Exception {
    assertPrints(image, run("\"$0\" --verbose --progress=json \"$1\" <&- 2>&-", disk));
    assertEquals(1, run("\"$0\" nonexistent <&- 2>&-").code());
  }

  @Test
  void closedStandardErrorDoesNotPutMessagesIntoTheImage() throws Exception {
    assertPrints("", new Outcome(0, run("\"$0\" nonexistent 2>&-").out(), ""));
  }

  @Test
  void threadDumpOnSigquitStaysOutOfTheImage() throws Exception {
    try (HeldProcess tool =
        HeldProcess.start(new ProcessBuilder(PackagedTool.LAUNCHER.toString(), disk.toString()))) {
      tool.awaitOutput();
      HeldProcess.signal("QUIT", tool.handle());
      tool.awaitError("Full thread dump");
      Outcome outcome = tool.finish();
      assertEquals(0, outcome.code());
      assertEquals(image.length(), outcome.out().length());
      assertTrue(image.equals(outcome.out()));
    }
  }

  @Test
  void optionsOfTheShellDoNotMatter() throws Exception {
    assertPrints(VERSION, run("sh -eu \"$0\" --version"));
  }

  private static String versionOfThePom() {
    try {
      Matcher version =
          Pattern.compile("<version>(.*?)</version>").matcher(Files.readString(Path.of("pom.xml")));
      assertTrue(version.find());
      return version.group(1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Outcome run(String script, Object... arguments)
      throws IOException, InterruptedException {
    return PackagedTool.bash(directory, script, arguments);
  }

  /** Exactly that is on standard output, nothing on standard error. */
  private static void assertPrints(String expected, Outcome outcome) {
    assertEquals(List.of(0, ""), List.of(outcome.code(), outcome.err()));
    if (expected.startsWith("QFI")) {
      assertTrue(expected.equals(outcome.out()), "another image");
    } else {
      assertEquals(expected, outcome.out());
    }
  }
}
