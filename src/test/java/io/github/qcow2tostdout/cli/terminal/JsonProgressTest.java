package io.github.qcow2tostdout.cli.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.work.Progress;
import io.github.qcow2tostdout.work.Progress.Phase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonProgressTest {
  private static final long SECOND = 1_000_000_000;

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private long now = 77 * SECOND;
  private final JsonProgress progress =
      new JsonProgress(new PrintStream(err, true, UTF_8), new Meter(System::nanoTime), () -> now);

  @Test
  void startAndEndOfEachPhaseAreTold() {
    progress.report(Phase.SCAN, 0, 100);
    now += 2 * SECOND;
    progress.report(Phase.SCAN, 100, 100);
    progress.report(Phase.WRITE, 0, 3000);
    now += 3 * SECOND;
    progress.report(Phase.WRITE, 3000, 3000);
    assertLines(
        line("scan", 0, 100, 0),
        line("scan", 100, 100, 50),
        line("write", 0, 3000, 0),
        line("write", 3000, 3000, 1000));
  }

  @Test
  void betweenThemHalfASecondPasses() {
    progress.report(Phase.SCAN, 0, 100);
    now += SECOND / 2 - 1;
    progress.report(Phase.SCAN, 10, 100);
    now += 1;
    progress.report(Phase.SCAN, 20, 100);
    now += SECOND / 2 - 1;
    progress.report(Phase.SCAN, 30, 100);
    now += 1;
    progress.report(Phase.SCAN, 40, 100);
    assertLines(line("scan", 0, 100, 0), line("scan", 20, 100, 40), line("scan", 40, 100, 40));
  }

  @Test
  void whatWasThereBeforeTheStartTookNoTime() {
    progress.report(Phase.CHECK, 1000, 3000);
    now += 2 * SECOND;
    progress.report(Phase.CHECK, 3000, 3000);
    assertLines(line("check", 1000, 3000, 0), line("check", 3000, 3000, 1000));
  }

  @Test
  void theEndIsToldAtOnceAndOnce() {
    progress.report(Phase.WRITE, 0, 100);
    now += 1000;
    progress.report(Phase.WRITE, 100, 100);
    now += SECOND;
    progress.report(Phase.WRITE, 100, 100);
    assertLines(line("write", 0, 100, 0), line("write", 100, 100, 100_000_000));
  }

  @Test
  void aTotalThatIsNotKnownIsNull() {
    progress.report(Phase.SPOOL, 0, Progress.UNKNOWN);
    now += SECOND;
    progress.report(Phase.SPOOL, 70, Progress.UNKNOWN);
    progress.report(Phase.SPOOL, 70, 70);
    String unknown = line("spool", 70, 70, 70).replace("\"total\":70", "\"total\":null");
    assertLines(
        line("spool", 0, 0, 0).replace("\"total\":0", "\"total\":null"),
        unknown,
        line("spool", 70, 70, 70));
  }

  @Test
  void noProgressIsNotTold() {
    progress.report(Phase.WRITE, 0, 100);
    now += SECOND;
    progress.report(Phase.WRITE, 0, 100);
    assertLines(line("write", 0, 100, 0));
  }

  @Test
  void nothingToDoIsToldOnce() {
    progress.report(Phase.SCAN, 0, 0);
    progress.report(Phase.SCAN, 0, 0);
    assertLines(line("scan", 0, 0, 0));
  }

  @Test
  void aClockThatStandsStillDividesByNothing() {
    progress.report(Phase.SCAN, 0, 5);
    progress.report(Phase.SCAN, 5, 5);
    assertLines(line("scan", 0, 5, 0), line("scan", 5, 5, 5 * SECOND));
  }

  @Test
  void aClockMayRunOver() {
    now = Long.MAX_VALUE;
    progress.report(Phase.SCAN, 0, 100);
    now += SECOND;
    progress.report(Phase.SCAN, 50, 100);
    assertLines(line("scan", 0, 100, 0), line("scan", 50, 100, 50));
  }

  @Test
  void anyNumberIsAJsonNumber() {
    progress.report(Phase.WRITE, 0, Long.MAX_VALUE);
    now += 1;
    progress.report(Phase.WRITE, Long.MAX_VALUE, Long.MAX_VALUE);
    assertTrue(
        err.toString(UTF_8)
            .lines()
            .allMatch(line ->
                line.matches(
                    "\\{\"phase\":\"(scan|write)\",\"done\":\\d+,\"total\":\\d+"
                        + ",\"bytes_per_second\":\\d+}")));
  }

  private static String line(String phase, long done, long total, long rate) {
    return "{\"phase\":\""
        + phase
        + "\",\"done\":"
        + done
        + ",\"total\":"
        + total
        + ",\"bytes_per_second\":"
        + rate
        + "}";
  }

  private void assertLines(String... lines) {
    assertEquals(List.of(lines), err.toString(UTF_8).lines().toList());
  }
}
