package io.github.qcow2tostdout.cli.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.work.Progress;
import io.github.qcow2tostdout.work.Progress.Phase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PlainProgressTest {
  private final Meter meter = new Meter(System::nanoTime);

  @Test
  void aLineComesNowAndThenWhetherTheWorkGoesOnOrNot() throws Exception {
    BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    PrintStream err =
        new PrintStream(new ByteArrayOutputStream(), true, UTF_8) {
          @Override
          public void println(String line) {
            lines.add(line);
          }
        };
    try (PlainProgress progress = new PlainProgress(err, meter, 1)) {
      progress.report(Phase.WRITE, 0, 4 << 20);
      progress.report(Phase.WRITE, 1 << 20, 4 << 20);
      for (int i = 0; i < 3; i++) {
        String line = lines.take();
        assertTrue(line.startsWith("qcow2-to-stdout: write "), line);
      }
    }
  }

  @Test
  void shortWorkSaysNothingButItsSummary() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PlainProgress progress =
        new PlainProgress(new PrintStream(err, true, UTF_8), meter, PlainProgress.INTERVAL_MILLIS);
    progress.report(Phase.SCAN, 0, 1);
    progress.report(Phase.SCAN, 1, 1);
    progress.finish(() -> "disk.raw: done");
    assertEquals("qcow2-to-stdout: disk.raw: done\n", err.toString(UTF_8));
  }

  @Test
  void aLineSaysAll() {
    assertEquals(
        "scan 25%, 1 MiB of 4 MiB, 512 KiB/s now, 256 KiB/s on average, 0:00:12 left",
        ProgressText.line(new Meter.Reading(Phase.SCAN, 1 << 20, 4 << 20, 4, 1 << 18, 1 << 19)));
    assertEquals(
        "spool, 1 MiB, - MiB/s now, 256 KiB/s on average, 0:00:04 so far",
        ProgressText.line(
            new Meter.Reading(Phase.SPOOL, 1 << 20, Progress.UNKNOWN, 4, 1 << 18, Double.NaN)));
  }
}
