package io.github.qcow2tostdout.cli.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.cli.Console;
import io.github.qcow2tostdout.cli.command.ConversionArguments;
import io.github.qcow2tostdout.cli.command.ConvertCommand;
import io.github.qcow2tostdout.work.Progress;
import io.github.qcow2tostdout.work.Progress.Phase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class BarProgressTest {
  private static final long MEBIBYTE = 1 << 20;

  @Test
  void theFirstFrameKnowsNeitherRateNorTime() {
    assertEquals(
        "Scan    0% [                     ]   0.0/100.0 MiB       - MiB/s ETA -:--:--",
        frame("Scan", 0, 0, false));
  }

  @Test
  void aFrameInTheMiddleHasBoth() {
    assertEquals(
        "Write  25% [====>                ]  25.0/100.0 MiB    12.5 MiB/s ETA 0:00:06",
        frame("Write", 25, 2, false));
  }

  @Test
  void theLastFrameSaysHowLongItTook() {
    assertEquals(
        "Write 100% [=====================] 100.0/100.0 MiB     0.0 MiB/s  in 1:01:01",
        frame("Write", 100, 3661, true));
  }

  @Test
  void aFrameOfWorkThatBrokeOffIsNotFull() {
    assertEquals(
        "Write  99% [===================> ]  99.0/100.0 MiB    49.5 MiB/s  in 0:00:02",
        frame("Write", 99, 2, true));
  }

  @Test
  void nothingToDoIsDone() {
    assertTrue(BarProgress.render("Scan", 0, 0, 0, true, 77).startsWith("Scan  100% [==="));
  }

  @Test
  void aFrameOfWorkWithoutAKnownEndHasNoBar() {
    String frame = BarProgress.render("Spool", 100 * MEBIBYTE, Progress.UNKNOWN, 8, false, 50);
    assertEquals("Spool 100.0 MiB    12.5 MiB/s in 0:00:08" + " ".repeat(10), frame);
    assertEquals(
        "Spool 100.0", BarProgress.render("Spool", 100 * MEBIBYTE, Progress.UNKNOWN, 8, false, 11));
  }

  @Test
  void anEndThatBecomesKnownIsShown() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try (BarProgress progress = new BarProgress(new PrintStream(err, true, UTF_8))) {
      progress.report(Phase.SPOOL, 0, Progress.UNKNOWN);
      progress.report(Phase.SPOOL, MEBIBYTE, Progress.UNKNOWN);
      progress.report(Phase.SPOOL, MEBIBYTE, MEBIBYTE);
    }
    assertTrue(
        lastFrame(err.toString(UTF_8)).startsWith("Spool 100% ["), () -> err.toString(UTF_8));
  }

  @Test
  void workWithoutAKnownEndThatBreaksOffEndsItsLine() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try (BarProgress progress = new BarProgress(new PrintStream(err, true, UTF_8))) {
      progress.report(Phase.SPOOL, 0, Progress.UNKNOWN);
      progress.report(Phase.SPOOL, MEBIBYTE, Progress.UNKNOWN);
    }
    assertTrue(
        lastFrame(err.toString(UTF_8)).startsWith("Spool 1.0 MiB "), () -> err.toString(UTF_8));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 20, 40, 50, 56, 57, 60, 79, 200})
  void everyFrameIsAsWideAsTheTerminalTakes(int width) {
    for (long done : new long[] {0, 1, 3 * MEBIBYTE, 1L << 50}) {
      for (double seconds : new double[] {0, 0.01, 1, 1e7}) {
        String frame = BarProgress.render("Scan", done, 1L << 50, seconds, false, width);
        assertEquals(width, frame.length(), frame);
        assertTrue(frame.chars().allMatch(c -> c >= ' ' && c < 127), frame);
      }
    }
  }

  @Test
  void bothPhasesEndWithAFullBarAndALine() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try (BarProgress progress = new BarProgress(new PrintStream(err, true, UTF_8))) {
      progress.report(Phase.SCAN, 0, MEBIBYTE);
      progress.report(Phase.SCAN, MEBIBYTE, MEBIBYTE);
      progress.report(Phase.WRITE, 0, 2 * MEBIBYTE);
      progress.report(Phase.WRITE, 2 * MEBIBYTE, 2 * MEBIBYTE);
    }
    // Not String.lines(), for which a carriage return ends a line too.
    List<String> lines = List.of(err.toString(UTF_8).split("\n", -1));
    assertEquals(3, lines.size(), () -> err.toString(UTF_8));
    assertTrue(lastFrame(lines.get(0)).startsWith("Scan  100% ["), () -> lines.get(0));
    assertTrue(lastFrame(lines.get(1)).startsWith("Write 100% ["), () -> lines.get(1));
    assertEquals("", lines.get(2));
  }

  @Test
  void workThatBreaksOffEndsItsLine() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try (BarProgress progress = new BarProgress(new PrintStream(err, true, UTF_8))) {
      progress.report(Phase.SCAN, 0, 100);
      progress.report(Phase.SCAN, 40, 100);
    }
    assertTrue(
        lastFrame(err.toString(UTF_8)).startsWith("Scan   40% ["), () -> err.toString(UTF_8));
    assertTrue(err.toString(UTF_8).endsWith("\n"));
  }

  @ParameterizedTest
  @CsvSource({"0, 79", "1, 79", "-5, 79", "2, 1", "60, 59", "200, 199"})
  void aTerminalWithoutASizeIsTakenAsUsual(int columns, int width) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try (BarProgress progress = new BarProgress(new PrintStream(err, true, UTF_8), columns)) {
      progress.report(Phase.SCAN, 0, 100);
    }
    assertEquals(width, lastFrame(err.toString(UTF_8)).stripTrailing().length());
  }

  @Test
  void nothingToShowShowsNothing() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    new BarProgress(new PrintStream(err, true, UTF_8)).close();
    assertEquals("", err.toString(UTF_8));
  }

  @Test
  void aBarIsOnlyDrawnOnATerminal() {
    assertFalse(progressOf(new Console(false, false), "-p") instanceof BarProgress);
    assertTrue(progressOf(new Console(false, true), "-p") instanceof BarProgress);
    assertTrue(progressOf(new Console(false, true), "--progress=bar") instanceof BarProgress);
  }

  @Test
  void jsonIsWrittenWhereverItGoes() {
    assertTrue(progressOf(new Console(false, false), "--progress=json") instanceof JsonProgress);
    assertTrue(progressOf(new Console(false, true), "--progress=json") instanceof JsonProgress);
  }

  @Test
  void quietShowsNoProgress() {
    assertFalse(progressOf(new Console(false, true), "-qp") instanceof BarProgress);
    assertFalse(progressOf(new Console(), "-q", "--progress=json") instanceof JsonProgress);
  }

  private static ProgressDisplay progressOf(Console console, String... options) {
    String[] args = Arrays.copyOf(options, options.length + 1);
    args[options.length] = "disk.raw";
    return ConversionArguments.of(new CommandLine(ConvertCommand.spec()).parseArgs(args))
        .progressOn(console.streams());
  }

  private static String frame(String task, long mebibytes, double seconds, boolean ended) {
    return BarProgress.render(task, mebibytes * MEBIBYTE, 100 * MEBIBYTE, seconds, ended, 76);
  }

  private static String lastFrame(String line) {
    return line.substring(line.lastIndexOf('\r') + 1);
  }
}
