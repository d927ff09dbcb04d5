package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.HeldProcess;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code check} and {@code dump} of an image that QEMU holds. */
@Timeout(60)
final class QemuLocksIT {
  @TempDir Path directory;
  private Path image;

  @BeforeEach
  void create() throws Exception {
    image = directory.resolve("disk.qcow2");
    Tool.QEMU_IMG.runWell("create", "-q", "-f", "qcow2", image, "1M");
  }

  /** Has a process that exports the image, until it is closed. */
  private HeldProcess export(String... options) throws Exception {
    Path socket = directory.resolve("s");
    List<String> command = new ArrayList<>(List.of(Tool.QEMU_NBD.path(), "-t", "-f", "qcow2"));
    command.addAll(List.of(options));
    command.addAll(List.of("-k", socket.toString(), image.toString()));
    HeldProcess process = HeldProcess.start(new ProcessBuilder(command));
    // It listens before it opens the image.
    String lock = ":" + Files.getAttribute(image, "unix:ino") + " 203";
    HeldProcess.await("its lock", () -> Files.readString(Path.of("/proc/locks")).contains(lock));
    return process;
  }

  private Outcome run(String command) throws Exception {
    return PackagedTool.bash(directory, "\"$0\" " + command.replace("IMAGE", "\"$1\""), image);
  }

  @ParameterizedTest
  @ValueSource(strings = {"check IMAGE", "check - < IMAGE", "check --untrusted IMAGE", "dump IMAGE"})
  void anImageThatAnotherMayWriteToIsRefused(String command) throws Exception {
    try (HeldProcess held = export()) {
      Outcome outcome = run(command);
      assertEquals(Tool.QEMU_IMG.run("check", image).code(), outcome.code());
      assertEquals("", outcome.out());
      assertTrue(outcome.err().contains("is held by another process"), outcome.err());
      assertTrue(outcome.err().contains("-U (--force-share)"), outcome.err());
      HeldProcess.signal("TERM", held.handle());
      held.awaitEnd();
      assertEquals(0, run(command).code());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"check -U IMAGE", "check -U - < IMAGE", "dump --force-share IMAGE"})
  void itIsReadIfTheUserSaysSo(String command) throws Exception {
    try (HeldProcess held = export()) {
      Outcome outcome = run(command);
      assertEquals(0, outcome.code(), outcome.err());
      assertEquals("", outcome.err());
      assertTrue(held.handle().isAlive());
    }
  }

  @Test
  void whoOnlyReadsHoldsNobodyUp() throws Exception {
    try (HeldProcess held = export("-r")) {
      assertEquals(0, run("check IMAGE").code());
      assertEquals(0, run("dump IMAGE").code());
      assertTrue(held.handle().isAlive());
    }
  }
}
