package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Disks;
import io.github.qcow2tostdout.testing.HeldProcess;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Strace;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A signal ends the tool at once, with 128 + n, and a line says what the receiver has. */
@Timeout(60)
final class SignalsIT {
  @TempDir Path directory;
  private Path disk;

  @BeforeEach
  void makeDisk() throws IOException {
    disk = Disks.full(directory.resolve("disk.raw"), 4 << 20);
  }

  @ParameterizedTest
  @CsvSource({"INT,130", "TERM,143", "HUP,129"})
  void endsTheEmissionWhileTheReaderSleeps(String signal, int code) throws Exception {
    ProcessBuilder tool = new ProcessBuilder(PackagedTool.LAUNCHER.toString(), disk.toString());
    try (HeldProcess held = HeldProcess.start(tool)) {
      held.awaitOutput();
      HeldProcess.signal(signal, held.handle());
      // Nobody has read yet.
      held.awaitEnd();
      Outcome outcome = held.finish();
      outcome.assertFailed(code, disk + ": interrupted; ", " bytes were written", "discard it");
      String written = outcome.out().length() + " of " + (69 << 16) + " bytes were written";
      assertTrue(outcome.err().contains(written), () -> written + ": " + outcome.err());
      assertEquals(1, outcome.err().lines().count());
    }
  }

  @ParameterizedTest
  @CsvSource({"INT,130", "TERM,143", "HUP,129"})
  void endsTheScan(String signal, int code) throws Exception {
    Strace strace = new Strace(directory.resolve("log"), disk, "pread64:signal=SIGSTOP:when=3");
    try (HeldProcess held = HeldProcess.start(strace.tool(disk))) {
      ProcessHandle tool = strace.awaitStopped(held);
      HeldProcess.signal(signal, tool);
      HeldProcess.signal("CONT", tool);
      // Few clusters are left to scan when the tool wakes up, and it may get to the emission; to
      // its end it can't get, because nobody reads.
      held.awaitEnd();
      held.finish().assertFailed(code, disk + ": interrupted");
    }
  }
}
