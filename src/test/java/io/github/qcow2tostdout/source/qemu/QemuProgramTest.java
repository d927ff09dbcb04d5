package io.github.qcow2tostdout.source.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class QemuProgramTest {
  private static final String NODE =
      "{\"driver\":\"vmdk\",\"node-name\":\"image\",\"read-only\":true,"
          + "\"file\":{\"driver\":\"file\",\"filename\":\"/a b/c,d:e.vmdk\"}}";

  @Test
  void storageDaemonExportsTheNodeOnTheSocket() {
    assertEquals(
        List.of(
            "/bin/q",
            "--blockdev",
            NODE,
            "--nbd-server",
            "{\"addr\":{\"type\":\"unix\",\"path\":\"/tmp/\\\"x\\\"/s\"}}",
            "--export",
            "{\"type\":\"nbd\",\"id\":\"export\",\"node-name\":\"image\",\"name\":\"disk\"}"),
        QemuProgram.STORAGE_DAEMON.command(Path.of("/bin/q"), NODE, Path.of("/tmp/\"x\"/s")));
  }

  @Test
  void qemuNbdExportsItReadOnly() {
    assertEquals(
        List.of("/bin/q", "--read-only", "--export-name=disk", "--socket=/tmp/s", "json:" + NODE),
        QemuProgram.NBD.command(Path.of("/bin/q"), NODE, Path.of("/tmp/s")));
  }

  @ParameterizedTest
  @EnumSource(QemuProgram.class)
  void whatItSaysIsPassedOnWithoutWhatTheUserDidNotWrite(QemuProgram program) {
    String options =
        program == QemuProgram.NBD
            ? "Failed to blk_new_open 'json:" + NODE + "': "
            : "--blockdev " + NODE + ": ";
    String said =
        program.program() + ": " + options + "Could not open '/a b/c,d:e.vmdk'\n  and more of it\n";
    assertEquals(
        "Could not open '/a b/c,d:e.vmdk'; and more of it", program.withoutOptions(said, NODE));
    assertEquals("", program.withoutOptions("\n", NODE));
  }

  @Test
  void pathThatEndsInTheNameOfTheProgramIsLeftAlone() {
    assertEquals(
        "sh: 6: /usr/bin/qemu-nbd: not found",
        QemuProgram.NBD.withoutOptions("sh: 6: /usr/bin/qemu-nbd: not found\n", NODE));
  }
}
