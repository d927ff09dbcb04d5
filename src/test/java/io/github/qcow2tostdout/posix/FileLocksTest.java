package io.github.qcow2tostdout.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileLocksTest {
  private static final String LOCKS =
      """
      1: FLOCK  ADVISORY  WRITE 12570 fe:00:2154613 0 EOF
      2: OFDLCK ADVISORY  READ -1 fe:00:42 203 203
      2: -> OFDLCK ADVISORY  WRITE -1 fe:00:42 300 301
      3: OFDLCK ADVISORY  READ -1 00:1f:42 100 101
      4: POSIX  ADVISORY  WRITE 77 fe:00:43 5 EOF
      """;

  private static final String MOUNTS =
      """
      22 1 0:20 / /sys rw shared:7 - sysfs sysfs rw
      36 35 0:52 / /mnt rw,noatime shared:1 - nfs4 host:/export rw
      37 35 0:53 / /tmp rw - tmpfs tmpfs rw
      38 35 0:5 / /media rw - fuse.sshfs host: rw
      """;

  @ParameterizedTest
  @CsvSource({
    "42, 101, true",
    "42, 100, true",
    "42, 99, false",
    "42, 102, false",
    "42, 203, true",
    "42, 301, true",
    "2, 101, false",
    "4, 101, false",
    "43, 4, false",
    "43, 5, true",
    "43, 9223372036854775807, true",
    "2154613, 101, true"
  })
  void aLockIsInTheListByFileAndByte(long inode, long offset, boolean listed) {
    assertEquals(listed, FileLocks.lists(LOCKS, inode, 1, offset));
  }

  @ParameterizedTest
  @CsvSource({"52, true", "53, false", "5, true", "20, false", "2, false"})
  void whatOtherMachinesHaveTooIsKnownByItsType(long minor, boolean shared) {
    assertEquals(shared, FileLocks.isShared(MOUNTS, minor));
  }

  @Test
  void whatIsListedInAnotherWayIsAskedAbout() {
    assertTrue(FileLocks.lists("x fe:00:42 ?\n", 42, 1));
    assertTrue(FileLocks.lists("x fe:00:42 a b", 42, 1));
  }

  @Test
  void aLockIsSeenByItsBytesAsLongAsItIsHeld(@TempDir Path directory) throws IOException {
    Path file = Files.createFile(directory.resolve("locked"));
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      assertFalse(FileLocks.anyOn(file, 101));
      try (FileLock lock = channel.lock(100, 2, false)) {
        assertTrue(lock.isValid());
        assertFalse(FileLocks.anyOn(file, 99, 102));
        // The last question: to close a file ends the locks that a process has on it in this way.
        assertTrue(FileLocks.anyOn(file, 7, 101));
      }
      assertFalse(FileLocks.anyOn(file, 101));
    }
  }
}
