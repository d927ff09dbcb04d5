package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Disks;
import io.github.qcow2tostdout.testing.HeldProcess;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Strace;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
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

  /** Ctrl-C ends the reader too, and its end may be seen first. */
  @RepeatedTest(3)
  void interruptOfAPipelineIsSaidAndNotThatTheReaderWentAway() throws Exception {
    String pipeline =
        """
        import os, signal, subprocess, sys
        reader = "import sys; sys.stdin.buffer.read(65536); print('begun', flush=True); sys.stdin.read(0); __import__('signal').pause()"
        shell = subprocess.Popen(
            ["/bin/bash", "-c", '"$0" "$1" | "$2" -c "$3"; echo ${PIPESTATUS[0]}',
             sys.argv[1], sys.argv[2], sys.executable, reader],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        shell.stdout.readline()
        os.killpg(shell.pid, signal.SIGINT)
        out, err = shell.communicate(timeout=60)
        sys.stderr.write("".join(line + "\\n" for line in err.splitlines() if "qcow2-to-stdout: " in line))
        """;
    Outcome outcome =
        Outcome.of(
            new ProcessBuilder(
                Tool.PYTHON.path(),
                "-c",
                pipeline,
                PackagedTool.LAUNCHER.toString(),
                disk.toString()));
    assertEquals(0, outcome.code(), outcome::err);
    assertTrue(outcome.err().contains(disk + ": interrupted; "), outcome::err);
    assertEquals(1, outcome.err().lines().count(), outcome::err);
  }

  /** By the system, in a run that lasts: the VM would print what its threads do, and go on. */
  @Test
  void quitEndsWhatLasts() throws Exception {
    ProcessBuilder tool = new ProcessBuilder(PackagedTool.LAUNCHER.toString(), disk.toString());
    try (HeldProcess held = HeldProcess.start(tool)) {
      held.awaitOutput();
      awaitCaught(held.handle(), false);
      HeldProcess.signal("QUIT", held.handle());
      held.awaitEnd();
      Outcome outcome = held.finish();
      assertEquals(131, outcome.code(), outcome::err);
      assertEquals("", outcome.err());
    }
  }

  /** Waits until the process has a handler for SIGQUIT, or has none any more. */
  private static void awaitCaught(ProcessHandle process, boolean caught) throws Exception {
    Path status = Path.of("/proc/" + process.pid() + "/status");
    while (true) {
      String line =
          Files.readAllLines(status).stream()
              .filter(it -> it.startsWith("SigCgt:"))
              .findFirst()
              .orElseThrow();
      long signals = Long.parseUnsignedLong(line.substring(7).strip(), 16);
      if (((signals & 1L << (3 - 1)) != 0) == caught) {
        return;
      }
      LockSupport.parkNanos(10_000_000);
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

  /** An image of 128 MiB of tables: they are read long enough. */
  private Path makeLargeImage() throws Exception {
    Path large = directory.resolve("large.raw");
    Path image = directory.resolve("large.qcow2");
    Outcome made =
        PackagedTool.bash(
            directory, "truncate -s 1T \"$1\" && \"$0\" -R \"$1\" > \"$2\"", large, image);
    assertEquals(new Outcome(0, "", ""), made);
    return image;
  }

  @ParameterizedTest
  @CsvSource({"INT,130", "TERM,143", "HUP,129"})
  void endsTheCheck(String signal, int code) throws Exception {
    Path image = makeLargeImage();
    Strace strace = new Strace(directory.resolve("log"), image, "pread64:signal=SIGSTOP:when=3");
    try (HeldProcess held = HeldProcess.start(strace.tool("check", image))) {
      ProcessHandle tool = strace.awaitStopped(held);
      HeldProcess.signal(signal, tool);
      HeldProcess.signal("CONT", tool);
      held.awaitEnd();
      Outcome outcome = held.finish();
      outcome.assertFailed(code, image + ": interrupted; the check has no result");
      assertEquals("", outcome.out());
    }
  }

  @ParameterizedTest
  @CsvSource({"INT,130", "TERM,143", "HUP,129"})
  void endsTheDumpWhileTheReaderSleeps(String signal, int code) throws Exception {
    Path image = makeLargeImage();
    ProcessBuilder tool =
        new ProcessBuilder(PackagedTool.LAUNCHER.toString(), "dump", image.toString());
    try (HeldProcess held = HeldProcess.start(tool)) {
      held.awaitOutput();
      HeldProcess.signal(signal, held.handle());
      held.awaitEnd();
      held.finish().assertFailed(code, image + ": interrupted; the dump is cut short");
    }
  }

  @ParameterizedTest
  @CsvSource({"INT,130", "TERM,143", "HUP,129"})
  void endsTheCheckOfAStreamThatStalls(String signal, int code) throws Exception {
    Path image = directory.resolve("disk.qcow2");
    assertEquals(0, PackagedTool.bash(directory, "\"$0\" disk.raw > disk.qcow2").code());
    Path fifo = directory.resolve("fifo");
    assertEquals(0, PackagedTool.bash(directory, "mkfifo fifo").code());
    ProcessBuilder tool =
        new ProcessBuilder(
            "/bin/sh",
            "-c",
            "exec \"$0\" check - < \"$1\"",
            PackagedTool.LAUNCHER.toString(),
            fifo.toString());
    try (HeldProcess held = HeldProcess.start(tool);
        OutputStream sender = Files.newOutputStream(fifo)) {
      // More than a pipe holds: when it is all written, the tool is in the middle.
      sender.write(Files.readAllBytes(image), 0, 3 << 20);
      HeldProcess.signal(signal, held.handle());
      held.awaitEnd();
      Outcome outcome = held.finish();
      outcome.assertFailed(code, "standard input: interrupted; the check has no result");
      assertEquals("", outcome.out());
    }
  }
}
