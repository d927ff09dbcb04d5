package io.github.qcow2tostdout.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.source.QemuLocks.Permission;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QemuLocksTest {
  private static final long INODE = 2163115;

  /** A qcow2 image that qemu-nbd has open for writing. */
  private static final String WRITER =
      """
      1: POSIX  ADVISORY  WRITE 3532 fe:00:2155593 128 128
      2: FLOCK  ADVISORY  WRITE 3532 fe:00:2155593 0 EOF
      5: OFDLCK ADVISORY  READ -1 fe:00:2163115 203 203
      6: OFDLCK ADVISORY  READ -1 fe:00:2163115 201 201
      7: OFDLCK ADVISORY  READ -1 fe:00:2163115 103 103
      8: OFDLCK ADVISORY  READ -1 fe:00:2163115 100 101
      """;

  /** The same with qemu-nbd -r. */
  private static final String READER =
      """
      4: OFDLCK ADVISORY  READ -1 fe:00:2163115 203 203
      5: OFDLCK ADVISORY  READ -1 fe:00:2163115 201 201
      6: OFDLCK ADVISORY  READ -1 fe:00:2163115 100 100
      """;

  @TempDir Path directory;

  private static QemuLocks parse(String locks) throws IOException {
    return QemuLocks.parse(locks, INODE, device -> device.equals("fe:00"));
  }

  @Test
  void aWriterForbidsReading() throws IOException {
    QemuLocks locks = parse(WRITER);
    assertEquals(
        Set.of(Permission.CONSISTENT_READ, Permission.WRITE, Permission.RESIZE), locks.used());
    assertEquals(Set.of(Permission.WRITE, Permission.RESIZE), locks.unshared());
    assertTrue(locks.forbidReading());
  }

  @Test
  void aReaderDoesNot() throws IOException {
    QemuLocks locks = parse(READER);
    assertEquals(Set.of(Permission.CONSISTENT_READ), locks.used());
    assertFalse(locks.forbidReading());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1: OFDLCK ADVISORY  READ -1 fe:00:2163115 101 101",
        "1: OFDLCK ADVISORY  READ -1 fe:00:2163115 103 103\n",
        "1: OFDLCK ADVISORY  READ -1 fe:00:2163115 200 200",
        "1: POSIX  ADVISORY  WRITE 77 fe:00:2163115 0 EOF",
        "1: POSIX  ADVISORY  READ 77 fe:00:2163115 100 9223372036854775806",
      })
  void anyOfThoseForbidsReading(String line) throws IOException {
    assertTrue(parse(line).forbidReading());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "1: OFDLCK ADVISORY  READ -1 fe:00:2163115 100 100",
        "1: OFDLCK ADVISORY  READ -1 fe:00:2163115 102 102",
        "1: OFDLCK ADVISORY  READ -1 fe:00:2163115 104 199",
        "1: OFDLCK ADVISORY  READ -1 fe:00:2163115 201 203",
        "1: OFDLCK ADVISORY  READ -1 fe:01:2163115 101 101",
        "1: OFDLCK ADVISORY  READ -1 fe:00:12163115 101 101",
        "1: OFDLCK ADVISORY  READ -1 fe:00:21631150 101 101",
        "1: FLOCK  ADVISORY  WRITE 77 fe:00:2163115 0 EOF",
        "1: LEASE  ACTIVE    READ  77 fe:00:2163115 0 EOF",
        "1: -> OFDLCK ADVISORY  WRITE -1 fe:00:2163115 101 101",
        "fe:00:2163115 101 101",
      })
  void allElseDoesNot(String line) throws IOException {
    assertFalse(parse(line).forbidReading());
  }

  @Test
  void aFileThatNobodyHoldsHasNoLocks() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "content");
    assertEquals(new QemuLocks(Set.of(), Set.of()), QemuLocks.on(file, QemuLocks.list()));
  }

  @Test
  void aPathThatLeadsNowhereIsAnError() {
    assertThrows(NoSuchFileException.class, () -> QemuLocks.on(directory.resolve("nothing"), ""));
  }

  @Test
  void theDeviceOfAFileIsThatOfTheInnermostMount() {
    String mounts =
        """
        29 1 254:0 / / rw,relatime - ext4 /dev/vda rw
        30 29 0:45 /sub /data rw - btrfs /dev/vdb rw
        31 29 0:46 / /data\\040two rw - tmpfs none rw
        32 30 0:47 / /data/images rw - tmpfs none rw
        33 30 0:48 / /data/images rw - tmpfs none rw
        """;
    assertEquals("fe:00", MountedDevice.of(Path.of("/disk"), mounts));
    assertEquals("fe:00", MountedDevice.of(Path.of("/database/disk"), mounts));
    assertEquals("00:2d", MountedDevice.of(Path.of("/data/disk"), mounts));
    assertEquals("00:2e", MountedDevice.of(Path.of("/data two/disk"), mounts));
    assertEquals("00:30", MountedDevice.of(Path.of("/data/images/disk"), mounts));
    assertEquals("", MountedDevice.of(Path.of("/disk"), ""));
  }
}
