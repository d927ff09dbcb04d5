package io.github.qcow2tostdout.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.BlockDevices;
import io.github.qcow2tostdout.testing.Disks;
import io.github.qcow2tostdout.testing.HeldProcess;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What counts as a change of the disk, where time stamps don't tell, or tell too much. */
@Timeout(120)
final class DetectChangeIT {
  private static final int SIZE = 8_000_000;

  /** In the last piece that is compared. */
  private static final int LATE = 7_000_000;

  @TempDir Path directory;
  private final BlockDevices devices = new BlockDevices();
  private Path disk;

  @BeforeEach
  void makeDisk() throws IOException {
    disk = Disks.full(directory.resolve("disk.raw"), SIZE);
  }

  @AfterEach
  void detach() throws Exception {
    devices.detach();
  }

  private static HeldProcess start(Object... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(PackagedTool.LAUNCHER.toString()));
    Arrays.stream(arguments).map(Object::toString).forEach(command::add);
    return HeldProcess.start(new ProcessBuilder(command));
  }

  private static void write(Path file, long offset) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[100_000]), offset);
    }
  }

  private static void assertNotTheSame(Outcome outcome) {
    outcome.assertFailed(1, "its bytes 4194304 to 8000", "were not the same", "discard");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ext2", "ext4"})
  void secondWriteInTheSameSecondIsSeen(String fileSystem) throws Exception {
    Path mount = directory.resolve("mount");
    devices.mounted(directory.resolve("image"), mount, "-t", fileSystem, "-I", "128");
    Path coarse = Files.copy(disk, mount.resolve("disk.raw"));
    // The tool starts early in the second of a write, and the other write follows at once.
    HeldProcess.await("a second", () -> Instant.now().toEpochMilli() / 10 % 100 == 3);
    write(coarse, 0);
    try (HeldProcess held = start(coarse)) {
      held.awaitOutput();
      write(coarse, LATE);
      Outcome outcome = held.finish();
      assertEquals(1, outcome.code(), outcome.err());
      assertTrue(outcome.err().contains("source changed while it was read: its time of"));
    }
  }

  @Test
  void writeThroughAMappingThatWasDirtyIsSeenByItsContentOnly() throws Exception {
    try (FileChannel channel =
        FileChannel.open(disk, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      MappedByteBuffer mapping = channel.map(FileChannel.MapMode.READ_WRITE, 0, SIZE);
      mapping.put(LATE, (byte) 1);
      try (HeldProcess held = start(disk)) {
        held.awaitOutput();
        mapping.put(LATE, (byte) 2);
        assertEquals(0, held.finish().code(), "if that is seen, the README need not warn of it");
      }
      mapping.put(LATE, (byte) 1);
      try (HeldProcess held = start("--verify", disk)) {
        held.awaitOutput();
        mapping.put(LATE, (byte) 2);
        assertNotTheSame(held.finish());
      }
    }
  }

  @Test
  void writeToABlockDeviceIsSeenByItsContent() throws Exception {
    String device = devices.loop(disk);
    try (HeldProcess held = start("--verify", device)) {
      held.awaitOutput();
      write(Path.of(device), LATE);
      assertNotTheSame(held.finish());
    }
  }

  @Test
  void writeToAnExportIsSeenByItsContent() throws Exception {
    Tool.NBDKIT.path();
    Path socket = directory.resolve("s");
    Process kit =
        new ProcessBuilder(
                Tool.NBDKIT.path(), "-f", "-U", socket.toString(), "file", disk.toString())
            .inheritIO()
            .start();
    try {
      HeldProcess.await("the socket", () -> Files.exists(socket));
      try (HeldProcess held = start("--verify", "nbd+unix:///?socket=" + socket)) {
        held.awaitOutput();
        write(disk, LATE);
        assertNotTheSame(held.finish());
      }
    } finally {
      kit.destroy();
      kit.waitFor();
    }
  }

  @Test
  void modeAndLinkAreNoChangeOfTheTimeOfModification() throws Exception {
    for (String way : List.of("mtime", "size", "verify", "none")) {
      try (HeldProcess held = start("--detect-change=" + way, disk)) {
        held.awaitOutput();
        Files.setPosixFilePermissions(disk, PosixFilePermissions.fromString("rw-r-----"));
        Files.createLink(directory.resolve(way), disk);
        Outcome outcome = held.finish();
        assertEquals(0, outcome.code(), outcome.err());
      }
    }
    try (HeldProcess held = start(disk)) {
      held.awaitOutput();
      Files.setPosixFilePermissions(disk, PosixFilePermissions.fromString("rw-r--r--"));
      held.finish().assertFailed(1, "its time of change was", "--detect-change=mtime");
    }
  }

  @Test
  void exportOverFuseThatSaysNowForItsTimesIsReadWithoutThem() throws Exception {
    Path mountpoint = Files.createFile(directory.resolve("fuse.raw"));
    Process daemon =
        new ProcessBuilder(
                Tool.QEMU_STORAGE_DAEMON.path(),
                "--blockdev",
                "driver=file,node-name=disk,filename=" + disk,
                "--export",
                "type=fuse,id=export,node-name=disk,mountpoint=" + mountpoint)
            .redirectErrorStream(true)
            .start();
    try {
      HeldProcess.await("the export", () -> Files.size(mountpoint) > 0 || !daemon.isAlive());
      if (!daemon.isAlive()) {
        Tool.impossible("FUSE: " + new String(daemon.getInputStream().readAllBytes(), UTF_8));
      }
      PackagedTool.run(mountpoint)
          .assertFailedBeforeTheFirstByte(1, "its time of", "--detect-change=size or verify");
      String image = PackagedTool.run("--detect-change=size", mountpoint).out();
      assertEquals(PackagedTool.run("--no-sparse", "-c64K", disk).out(), image);
      assertEquals(image, PackagedTool.run("--detect-change=verify", mountpoint).out());
    } finally {
      daemon.destroy();
      daemon.waitFor();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--copy", "--verify"})
  void writeAfterTheEndDoesNotReachAReaderThatSplices(String option) throws Exception {
    int size = 70 << 20;
    Disks.full(disk, size);
    String pv = Tool.PV.path();
    Outcome outcome =
        PackagedTool.bash(
            directory,
            """
            "$0" disk.raw > expected && mkfifo fifo && cp disk.raw copy.raw
            (exec 4< <("$0" $1 copy.raw; echo $? > code; tr '\\0' x < /dev/zero |
                dd of=copy.raw conv=notrunc bs=1M count=70 iflag=fullblock status=none;
              touch written) 3>&1; "$2" -q <&4 > fifo) &
            exec 5< fifo
            # What is left then fits the pipes.
            head -c $(( $(stat -c %s expected) - 1100000 )) <&5 > got
            for i in $(seq 400); do [ -e written ] && break; sleep 0.05; done
            [ -e written ] && [ "$(cat code)" = 0 ] || exit 9
            cat <&5 >> got
            cmp expected got
            """,
            option,
            pv);
    assertEquals(new Outcome(0, "", ""), outcome);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "measure", "map", "map --zero-test", "-B other.raw"})
  void fileThatSaysItIsEmptyIsRefused(String command) throws Exception {
    Files.write(directory.resolve("other.raw"), new byte[1000]);
    for (String file : List.of("/proc/version", "/sys/kernel/mm/transparent_hugepage/enabled")) {
      if (Files.exists(Path.of(file))) {
        PackagedTool.bash(directory, "\"$0\" $1 $2", command, file)
            .assertFailedBeforeTheFirstByte(
                1, file + ": says that it has ", "give -, and redirect");
      }
    }
    PackagedTool.bash(directory, "\"$0\" $1 -B /proc/version other.raw", "")
        .assertFailedBeforeTheFirstByte(1, "/proc/version: says that it has 0 bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "measure", "map --zero-test"})
  void onStandardInputItIsRead(String command) throws Exception {
    Outcome outcome =
        PackagedTool.bash(
            directory,
            "cat /proc/version > copy.raw; \"$0\" $1 - < /proc/version > got"
                + " && cat copy.raw | \"$0\" $1 - > expected && cmp got expected",
            command);
    assertEquals(new Outcome(0, "", ""), outcome);
  }
}
