package io.github.qcow2tostdout.it;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Disks;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Progress is on standard error, for a person or for a program, and never in the image. */
@Timeout(60)
final class ProgressIT {
  private static final int SIZE = 4 << 20;

  private static final Pattern JSON =
      Pattern.compile(
          "\\{\"phase\":\"(scan|write)\",\"done\":(\\d+),\"total\":(\\d+),\"bytes_per_second\":\\d+}");

  @TempDir static Path directory;
  private static Path disk;
  private static Path image;

  @BeforeAll
  static void convert() throws Exception {
    disk = Disks.full(directory.resolve("disk.raw"), SIZE);
    image = directory.resolve("disk.qcow2");
    assertEquals("", run("\"$0\" \"$1\" > \"$2\"").err());
  }

  @Test
  void barOfEachPassIsDrawnOnATerminal() throws Exception {
    List<String> frames = onTerminal("stty cols 100", "-p");
    assertEquals(3, frames.size(), frames::toString);
    assertFrame("Scan  100% [", " 4 MiB/4 MiB ", 99, frames.get(0));
    assertFrame("Write 100% [", " 4.31 MiB/4.31 MiB ", 99, frames.get(1));
    assertSummary(frames.get(2));
  }

  @Test
  void barFitsANarrowTerminal() throws Exception {
    List<String> frames = onTerminal("stty cols 30", "--progress");
    assertEquals(
        List.of(29, 29), frames.stream().limit(2).map(String::length).toList(), frames::toString);
  }

  @Test
  void terminalThatDoesNotKnowItsWidthHas80Columns() throws Exception {
    List<String> frames = onTerminal("stty cols 0", "--progress=bar");
    assertEquals(3, frames.size(), frames::toString);
    for (String frame : frames.subList(0, 2)) {
      assertFrame("100% ", "B/s in ", 79, frame);
    }
  }

  @Test
  void nothingIsDrawnWithoutAskingForIt() throws Exception {
    assertEquals(List.of(), onTerminal("stty cols 100", ""));
  }

  @Test
  void nothingIsDrawnWhereStandardErrorIsNoTerminal() throws Exception {
    Outcome outcome = run("\"$0\" -p \"$1\" | cmp - \"$2\"");
    assertEquals(List.of(0, ""), List.of(outcome.code(), outcome.out()));
    assertEquals(1, outcome.err().lines().count(), outcome::err);
    assertSummary(outcome.err().strip());
  }

  private static void assertSummary(String line) {
    assertTrue(
        line.matches(
            "qcow2-to-stdout: \\S*disk.raw: 4 MiB, of which 4 MiB data and 0 bytes holes;"
                + " 4.31 MiB \\(4521984 bytes\\) written in \\d+\\.\\d s, \\S+ .iB/s"),
        line);
  }

  /** While nobody reads the image: its window is made narrower, and it is asked how far it is. */
  @Test
  void windowIsFollowedAndWhatIsSaidComesAboveTheBar() throws Exception {
    String seen = onPty("-p", "--verbose");
    assertTrue(
        Pattern.compile("\r {49}\rINFO qcow2-to-stdout - \\S*: done\r\nWrite ")
            .matcher(seen)
            .find(),
        seen);
    assertTrue(
        Pattern.compile(
                "\r {49}\rqcow2-to-stdout: write \\d+%, [^\r\n]* left\r\nWrite {2}[^\r\n]{42}")
            .matcher(seen)
            .find(),
        seen);
    assertTrue(
        Pattern.compile("\nqcow2-to-stdout: [^\n]* data and 0 bytes holes;").matcher(seen).find(),
        seen);
  }

  @Test
  void progressIsToldWhoAsksForItThoughNoneIsShown() throws Exception {
    String seen = onPty();
    assertTrue(
        Pattern.compile("qcow2-to-stdout: write \\d+%, [^\r\n]* left\r\n").matcher(seen).matches(),
        seen);
  }

  /** What a terminal of 100 columns gets, which has 50 before the signal. */
  private static String onPty(String... options) throws Exception {
    Path script = directory.resolve("terminal.py");
    Files.writeString(
        script,
        """
        import fcntl, os, pty, re, signal, struct, subprocess, sys, termios, time
        master, slave = pty.openpty()
        def columns(count):
            fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', 24, count, 0, 0))
        columns(100)
        image, output = os.pipe()
        tool = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=output, stderr=slave)
        os.close(output)
        seen = b''
        def until(pattern):
            global seen
            while not re.search(pattern, seen):
                seen += os.read(master, 4096)
        data = os.read(image, 1)
        if '-p' in sys.argv:
            until(rb'\\rWrite [^\\r\\n]{93}$')
            columns(50)
            until(rb'\\rWrite [^\\r\\n]{43}$')
        tool.send_signal(signal.SIGUSR1)
        until(rb' on average, ')
        while chunk := os.read(image, 1 << 20):
            data += chunk
        code = tool.wait()
        os.close(slave)
        try:
            while chunk := os.read(master, 4096):
                seen += chunk
        except OSError:
            pass
        assert code == 0, code
        assert data == open(sys.argv[-1] + '.expected', 'rb').read()
        sys.stdout.buffer.write(seen)
        """);
    Files.copy(image, directory.resolve("disk.raw.expected"), REPLACE_EXISTING);
    List<String> command =
        new ArrayList<>(
            List.of(Tool.PYTHON.path(), script.toString(), PackagedTool.LAUNCHER.toString()));
    command.addAll(List.of(options));
    command.add(disk.toString());
    Outcome outcome = Outcome.of(new ProcessBuilder(command));
    assertEquals(List.of(0, ""), List.of(outcome.code(), outcome.err()), outcome::toString);
    return outcome.out();
  }

  @Test
  void jsonIsAnObjectALineFromZeroToAllInBothPhases() throws Exception {
    Outcome outcome = run("\"$0\" --progress=json \"$1\" | cmp - \"$2\"");
    assertEquals(List.of(0, ""), List.of(outcome.code(), outcome.out()));
    StringBuilder seen = new StringBuilder();
    for (String line : outcome.err().lines().toList()) {
      Matcher json = JSON.matcher(line);
      assertTrue(json.matches(), line);
      long total = json.group(1).equals("scan") ? SIZE : Files.size(image);
      assertEquals(Long.toString(total), json.group(3));
      long done = Long.parseLong(json.group(2));
      seen.append(json.group(1)).append(done == 0 ? ":start " : done == total ? ":end " : ":on ");
    }
    assertTrue(
        seen.toString()
            .matches("scan:start (scan:on )*scan:end write:start (write:on )*write:end "),
        seen::toString);
  }

  @Test
  void quietAndProgressContradictEachOther() throws Exception {
    run("\"$0\" --progress=json --quiet \"$1\"")
        .assertFailedBeforeTheFirstByte(64, "--quiet and --progress contradict each other");
  }

  @Test
  void quietDoesNotSilenceErrors() throws Exception {
    run("\"$0\" -q missing").assertFailedBeforeTheFirstByte(1, "missing: no such file");
  }

  @Test
  void verboseSaysWhatIsDoneOnStandardError() throws Exception {
    Outcome outcome = run("\"$0\" --verbose \"$1\" | cmp - \"$2\"");
    assertEquals(List.of(0, ""), List.of(outcome.code(), outcome.out()));
    assertTrue(outcome.err().contains("64 of 64 clusters allocated"), outcome::err);
    assertFalse(run("\"$0\" \"$1\" | cmp - \"$2\"").err().contains("clusters"));
  }

  /** The last frame of each line that was drawn while the image went into a pipe. */
  private static List<String> onTerminal(String prepare, String options) throws Exception {
    Path script = directory.resolve("script.sh");
    Files.writeString(
        script,
        "set -eo pipefail\n%s\n'%s' %s '%s' | cmp - '%s'\n"
            .formatted(prepare, PackagedTool.LAUNCHER, options, disk, image));
    Outcome outcome =
        run(Tool.SCRIPT.path() + " -qec \"bash " + script.getFileName() + "\" /dev/null");
    assertEquals(List.of(0, ""), List.of(outcome.code(), outcome.err()), outcome::toString);
    // Each frame starts with a carriage return, and the terminal puts one before a newline.
    return Arrays.stream(outcome.out().split("\r\n"))
        .map(line -> line.substring(line.lastIndexOf('\r') + 1))
        .filter(line -> !line.isEmpty())
        .toList();
  }

  private static void assertFrame(String start, String fragment, int width, String frame) {
    assertTrue(frame.contains(start) && frame.contains(fragment), frame);
    assertEquals(width, frame.length(), frame);
  }

  private static Outcome run(String script) throws Exception {
    return PackagedTool.bash(directory, script, disk, image);
  }
}
