package io.github.qcow2tostdout.cli.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.cli.Console;
import io.github.qcow2tostdout.cli.command.ConversionOptions;
import io.github.qcow2tostdout.cli.command.ConvertCommand;
import io.github.qcow2tostdout.work.Progress;
import io.github.qcow2tostdout.work.Progress.Phase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

class BarProgressTest {
  private static final long MEBIBYTE = 1 << 20;

  @Test
  void theFirstFrameKnowsNeitherRateNorTime() {
    assertEquals(
        "Scan    0% [         ]   0 bytes/100 MiB     - MiB/s avg    - MiB/s ETA -:--:--",
        frame("Scan", 0, 0, false, 79));
  }

  @Test
  void aFrameInTheMiddleHasThePresentRateBesideTheAverage() {
    assertEquals(
        "Write  25% [=>       ]    25 MiB/100 MiB    40 MiB/s avg 12.5 MiB/s ETA 0:00:06",
        frame("Write", 25, 2, false, 79));
  }

  @Test
  void theLastFrameSaysHowLongItTook() {
    assertEquals(
        "Write 100% [======================]   100 MiB/100 MiB  28 KiB/s in 1:01:01",
        frame("Write", 100, 3661, true, 76).replaceAll(" +28", "  28"));
  }

  @Test
  void aFrameOfWorkThatBrokeOffIsNotFull() {
    String frame = frame("Write", 99, 2, true, 76);
    assertTrue(frame.contains("> ]    99 MiB/100 MiB"), frame);
    assertTrue(frame.endsWith("49.5 MiB/s in 0:00:02"), frame);
  }

  @Test
  void nothingToDoIsDone() {
    assertTrue(frame("Scan", 0, 0, 0, true, 77).startsWith("Scan  100% [==="));
  }

  @Test
  void aFrameOfWorkWithoutAKnownEndHasNoBar() {
    String frame = frame("Spool", 100 * MEBIBYTE, Progress.UNKNOWN, 8, false, 60);
    assertEquals("Spool   100 MiB    40 MiB/s avg 12.5 MiB/s in 0:00:08" + " ".repeat(7), frame);
    assertEquals("Spool    40", frame("Spool", 100 * MEBIBYTE, Progress.UNKNOWN, 8, false, 11));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Scan", "Compress", "Verify"})
  void fortyColumnsHaveRateAndTimeLeft(String task) {
    String frame = frame(task, 25, 2, false, 39);
    assertTrue(frame.strip().endsWith("25%    40 MiB/s ETA 0:00:06"), frame);
    String large = frame(task, 1L << 60, 1L << 61, 1L << 30, false, 39);
    assertTrue(large.contains("/s ETA 29826"), large);
  }

  @Test
  void anEndThatBecomesKnownIsShown() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try (BarProgress progress = bars(err, () -> 79)) {
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
    try (BarProgress progress = bars(err, () -> 79)) {
      progress.report(Phase.SPOOL, 0, Progress.UNKNOWN);
      progress.report(Phase.SPOOL, MEBIBYTE, Progress.UNKNOWN);
    }
    assertTrue(
        lastFrame(err.toString(UTF_8)).startsWith("Spool     1 MiB "), () -> err.toString(UTF_8));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 20, 40, 50, 56, 57, 60, 79, 200})
  void everyFrameIsAsWideAsTheTerminalTakes(int width) {
    for (long done : new long[] {0, 1, 3 * MEBIBYTE, 1L << 50}) {
      for (double seconds : new double[] {0, 0.01, 1, 1e7}) {
        String frame = frame("Scan", done, 1L << 50, seconds, false, width);
        assertEquals(width, frame.length(), frame);
        assertTrue(frame.chars().allMatch(c -> c >= ' ' && c < 127), frame);
      }
    }
  }

  @Test
  void bothPhasesEndWithAFullBarAndALine() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try (BarProgress progress = bars(err, () -> 79)) {
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
    try (BarProgress progress = bars(err, () -> 79)) {
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
    try (BarProgress progress = bars(err, new TerminalWidth(columns, () -> 0, () -> 0))) {
      progress.report(Phase.SCAN, 0, 100);
    }
    assertEquals(width, lastFrame(err.toString(UTF_8)).replace("\n", "").length());
  }

  @Test
  void nothingToShowShowsNothing() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    bars(err, () -> 79).close();
    assertEquals("", err.toString(UTF_8));
  }

  @Test
  void aBarIsOnlyDrawnOnATerminal() {
    assertTrue(progressOf(new Console(false, false), "-p") instanceof PlainProgress);
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
    assertFalse(progressOf(new Console(false, true), "-q") instanceof BarProgress);
    assertThrows(ParameterException.class, () -> progressOf(new Console(false, true), "-qp"));
    assertThrows(
        ParameterException.class, () -> progressOf(new Console(), "-q", "--progress=json"));
  }

  private static ProgressDisplay progressOf(Console console, String... options) {
    String[] args = Arrays.copyOf(options, options.length + 1);
    args[options.length] = "disk.raw";
    return ConversionOptions.of(new CommandLine(ConvertCommand.spec()).parseArgs(args))
        .progressOn(console.streams());
  }

  @Test
  void theSummaryComesBelowTheBars() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    BarProgress progress = bars(err, () -> 79);
    progress.report(Phase.WRITE, 0, 0);
    progress.finish(() -> "disk.raw: done");
    progress.close();
    assertTrue(
        err.toString(UTF_8).endsWith("\nqcow2-to-stdout: disk.raw: done\n"),
        () -> err.toString(UTF_8));
  }

  private static BarProgress bars(ByteArrayOutputStream err, IntSupplier width) {
    return new BarProgress(new PrintStream(err, true, UTF_8), new Meter(System::nanoTime), width);
  }

  private static String frame(
      String task, long mebibytes, double seconds, boolean ended, int width) {
    return frame(task, mebibytes * MEBIBYTE, 100 * MEBIBYTE, seconds, ended, width);
  }

  private static String frame(
      String task, long done, long total, double seconds, boolean ended, int width) {
    double rate = seconds == 0 ? Double.NaN : done / seconds;
    double present = seconds == 0 ? Double.NaN : 40 * MEBIBYTE;
    Phase phase = Phase.valueOf(task.toUpperCase(Locale.ROOT));
    return ProgressText.frame(
        new Meter.Reading(phase, done, total, seconds, rate, present), ended, width);
  }

  private static String lastFrame(String line) {
    return line.substring(line.lastIndexOf('\r') + 1);
  }
}
