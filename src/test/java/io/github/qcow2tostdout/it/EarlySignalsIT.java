package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Disks;
import io.github.qcow2tostdout.testing.HeldProcess;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A signal ends the tool with 128 + n whenever it comes, and that takes no more than a line. */
@Timeout(120)
final class EarlySignalsIT {
  private static final String OURS = "qcow2-to-stdout: .*: interrupted.*";

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"INT,130", "TERM,143", "HUP,129"})
  void whileItStarts(String signal, int code) throws Exception {
    // Longer than the pipe: it does not end before the signal.
    Path disk = Disks.full(directory.resolve("disk"), 1 << 20);
    for (int milliseconds = 0; milliseconds < 160; milliseconds += 5) {
      ProcessBuilder tool = new ProcessBuilder(PackagedTool.LAUNCHER.toString(), disk.toString());
      try (HeldProcess held = HeldProcess.start(tool)) {
        // There is nothing to wait for: the moment is what is tested.
        TimeUnit.MILLISECONDS.sleep(milliseconds);
        HeldProcess.signal(signal, held.handle());
        held.awaitEnd();
        Outcome outcome = held.finish();
        String when = "after " + milliseconds + " ms: " + outcome.err();
        assertEquals(code, outcome.code(), when);
        assertTrue(outcome.err().lines().count() <= 1, when);
        assertTrue(outcome.err().lines().allMatch(line -> line.matches(OURS)), when);
      }
    }
  }

  /** From its first lines on the launcher sees to that, and later it is answered. */
  @Test
  void whoAsksForProgressEndsNothing() throws Exception {
    Path disk = Disks.full(directory.resolve("disk"), 1 << 20);
    ProcessBuilder tool = new ProcessBuilder(PackagedTool.LAUNCHER.toString(), disk.toString());
    try (HeldProcess held = HeldProcess.start(tool)) {
      Path status = Path.of("/proc/" + held.handle().pid() + "/status");
      HeldProcess.await("a trap", () -> isSafe(Files.readString(status)));
      while (held.available() == 0) {
        HeldProcess.signal("USR1", held.handle());
      }
      HeldProcess.signal("USR1", held.handle());
      held.awaitError("qcow2-to-stdout: write ");
      Outcome outcome = held.finish();
      assertEquals(0, outcome.code(), outcome::err);
      assertTrue(
          outcome.err().lines().allMatch(line -> line.startsWith("qcow2-to-stdout: ")),
          outcome::err);
    }
  }

  /** Whether SIGUSR1, which is 10, is ignored or caught. */
  private static boolean isSafe(String status) {
    return status
        .lines()
        .filter(line -> line.startsWith("SigIgn:") || line.startsWith("SigCgt:"))
        .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
        .anyMatch(signals -> (signals & 1 << (10 - 1)) != 0);
  }

  @Test
  void ctrlCInAPipelineIsAnInterruptionWhoeverEndsFirst() throws Exception {
    Disks.full(directory.resolve("disk"), 5 << 20);
    // The reader takes a little and ends at the signal, which reaches the tool only then.
    Outcome outcome =
        PackagedTool.bash(
            directory,
            """
            mkfifo fifo; "$0" disk > fifo & tool=$!
            sh -c 'exec < fifo; head -c 1000 > /dev/null; kill -TERM "$1"' - $tool
            wait $tool; echo $?
            """);
    assertEquals("143\n", outcome.out());
    assertTrue(outcome.err().contains("interrupted; "), outcome::err);
    assertEquals(1, outcome.err().lines().count(), outcome::err);
  }

  @Test
  void whatIsIgnoredAtTheStartStaysIgnored() throws Exception {
    Path disk = Disks.full(directory.resolve("disk"), 1 << 20);
    ProcessBuilder tool =
        new ProcessBuilder(
            "/bin/sh",
            "-c",
            "trap '' HUP INT; exec \"$0\" \"$1\"",
            PackagedTool.LAUNCHER.toString(),
            disk.toString());
    try (HeldProcess held = HeldProcess.start(tool)) {
      held.awaitOutput();
      HeldProcess.signal("HUP", held.handle());
      HeldProcess.signal("INT", held.handle());
      Outcome outcome = held.finish();
      assertEquals(0, outcome.code());
      assertEquals("", outcome.err());
    }
  }
}
