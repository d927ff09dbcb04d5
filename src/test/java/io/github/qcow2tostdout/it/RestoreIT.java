package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.BlockDevices;
import io.github.qcow2tostdout.testing.DiskRecipe;
import io.github.qcow2tostdout.testing.HeldProcess;
import io.github.qcow2tostdout.testing.LuksImage;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Seeds;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Restores to real devices, full disks and broken worlds. */
@Timeout(120)
final class RestoreIT {
  private static final int MIB = 1 << 20;

  @TempDir Path directory;
  private Path disk;
  private Path image;
  private final BlockDevices devices = new BlockDevices();

  @BeforeEach
  void makeImage() throws Exception {
    disk =
        DiskRecipe.hole(24 * MIB)
            .data(0, 70_000)
            .data(900_000, 400_000)
            .data(5 * MIB, 9 * MIB)
            .data(24 * MIB - 512, 512)
            .make(directory.resolve("disk.raw"));
    image = directory.resolve("disk.qcow2");
    assertEquals(0, bash("\"$0\" disk.raw > disk.qcow2").code());
  }

  @AfterEach
  void detach() throws Exception {
    devices.detach();
  }

  private Outcome bash(String script, Object... arguments) throws Exception {
    return PackagedTool.bash(directory, script, arguments);
  }

  /** A device that is full of something else. */
  private String device(long size) throws Exception {
    Path old = directory.resolve("old" + size);
    byte[] noise = new byte[Math.toIntExact(size)];
    Arrays.fill(noise, (byte) 'x');
    Files.write(old, noise);
    return devices.loop(old);
  }

  private void assertOnDevice(String device) throws Exception {
    assertEquals(new Outcome(0, "", ""), bash("cmp -n " + 24 * MIB + " disk.raw \"$1\"", device));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\"$0\" restore --to $1 disk.qcow2", "cat disk.qcow2 | \"$0\" restore --to $1 -"})
  void oldContentOfDeviceIsGone(String script) throws Exception {
    String device = device(25 * MIB);
    assertEquals(new Outcome(0, "", ""), bash(script, device));
    assertOnDevice(device);
    // Behind the disk nothing is touched.
    String behind = "tail -c 1M \"$1\" | tr -d x | wc -c";
    assertEquals("0", bash(behind, device).out().strip());
    String content = bash("sha256sum disk.raw").out().substring(0, 64);
    String checked = script.replace("--to", "--expect-content sha256:" + content + " --to");
    assertEquals(new Outcome(0, "", ""), bash(checked, device));
    assertOnDevice(device);
  }

  @ParameterizedTest
  @ValueSource(strings = {"zlib", "zstd"})
  void compressedImageOverwritesDevice(String type) throws Exception {
    String device = device(24 * MIB);
    String script = "\"$0\" -z=" + type + " disk.raw | \"$0\" restore --to $1 -";
    assertEquals(new Outcome(0, "", ""), bash(script, device));
    assertOnDevice(device);
  }

  @Test
  void deviceThatIsZeroGetsDataOnly() throws Exception {
    Path zero = directory.resolve("zero");
    assertEquals(0, bash("truncate -s 24M zero").code());
    String device = devices.loop(zero);
    String script = "\"$0\" restore --target-is-zero --to $1 disk.qcow2";
    assertEquals(new Outcome(0, "", ""), bash(script, device));
    assertOnDevice(device);
    String blocks = bash("stat -c %b zero").out().strip();
    assertTrue(Long.parseLong(blocks) * 512 < 11 * MIB, blocks + " blocks");
  }

  @Test
  void deviceThatCannotBeWrittenIsRefused() throws Exception {
    bash("\"$0\" restore --to $1 disk.qcow2", device(24 * MIB - 4096))
        .assertFailed(1, "name a larger device");
    bash("truncate -s 24M ro; :");
    bash("\"$0\" restore --to $1 disk.qcow2", devices.loop(directory.resolve("ro"), "--read-only"))
        .assertFailed(1, "read-only");
    Path mount = directory.resolve("mount");
    devices.mounted(directory.resolve("fs"), mount, "-t", "ext4");
    String mounted = bash("findmnt -n -o SOURCE \"$1\"", mount).out().strip();
    bash("\"$0\" restore --to $1 disk.qcow2", mounted).assertFailed(1, "is mounted, or in use");
    bash("cat disk.qcow2 | \"$0\" restore --to $1 -", mounted).assertFailed(1, "is mounted");
  }

  @Test
  void brokenStreamLeavesDeviceWithoutBeginning() throws Exception {
    String device = device(24 * MIB);
    bash("head -c 8M disk.qcow2 | \"$0\" restore --to $1 -", device).assertFailed(1, "");
    assertEquals(0, bash("cmp -n 1048576 \"$1\" /dev/zero", device).code());
  }

  @Test
  void fullDiskLeavesNothing() throws Exception {
    Path mount = directory.resolve("mount");
    devices.mounted(directory.resolve("fs"), mount, "-t", "ext4");
    bash("dd if=/dev/zero of=mount/filler bs=1M count=45 status=none");
    for (String script :
        new String[] {
          "\"$0\" restore --to mount/disk.raw disk.qcow2",
          "cat disk.qcow2 | \"$0\" restore --to mount/disk.raw -",
          "\"$0\" -z disk.raw | \"$0\" restore --to mount/disk.raw -"
        }) {
      Outcome outcome = bash(script);
      assertEquals(1, outcome.code(), outcome.err());
      assertTrue(outcome.err().contains("No space left"), outcome.err());
      assertEquals("filler lost+found", bash("echo $(ls -A mount)").out().strip());
    }
    assertEquals(1, bash("\"$0\" restore disk.qcow2 > mount/disk.raw").code());
  }

  @ParameterizedTest
  @CsvSource({"INT,130", "TERM,143", "HUP,129", "KILL,137"})
  void signalLeavesNoHalfFile(String signal, int code) throws Exception {
    Random random = Seeds.random(RestoreIT.class);
    for (int i = 0; i < 3; i++) {
      ProcessBuilder tool =
          new ProcessBuilder(
                  PackagedTool.LAUNCHER.toString(),
                  "restore",
                  "--overwrite",
                  "--to",
                  "out.raw",
                  "-")
              .directory(directory.toFile())
              .redirectError(directory.resolve("err").toFile());
      Process process = HeldProcess.ignoringNothing(tool).start();
      try (OutputStream in = process.getOutputStream()) {
        in.write(Files.readAllBytes(image), 0, random.nextInt(5 * MIB, 8 * MIB));
        in.flush();
        HeldProcess.await("the partial file", () -> !partial().isEmpty());
        HeldProcess.signal(signal, process.toHandle());
        assertEquals(code, process.waitFor());
      }
      assertFalse(Files.exists(directory.resolve("out.raw")));
      if (signal.equals("KILL")) {
        for (Path left : partial()) {
          Files.delete(left);
        }
      } else {
        assertEquals(List.of(), partial());
        String err = Files.readString(directory.resolve("err"));
        assertTrue(err.contains("interrupted; nothing is left of out.raw"), err);
      }
    }
  }

  /** A large file has no name until it is whole. */
  @Test
  void killLeavesNothingOfALargeFile() throws Exception {
    DiskRecipe.hole(80L * MIB).data(0, 8 * MIB).make(disk);
    assertEquals(0, bash("\"$0\" disk.raw > disk.qcow2").code());
    ProcessBuilder tool =
        new ProcessBuilder(
                PackagedTool.LAUNCHER.toString(), "restore", "--overwrite", "--to", "out.raw", "-")
            .directory(directory.toFile())
            .redirectError(directory.resolve("err").toFile());
    List<Path> before = files();
    Process process = tool.start();
    try (OutputStream in = process.getOutputStream()) {
      in.write(Files.readAllBytes(image), 0, 4 * MIB);
      in.flush();
      Path descriptors = Path.of("/proc/" + process.pid() + "/fd");
      HeldProcess.await("the file without a name", () -> holdsUnnamed(descriptors));
      HeldProcess.signal("KILL", process.toHandle());
      assertEquals(137, process.waitFor());
    }
    Files.delete(directory.resolve("err"));
    assertEquals(before, files());
    for (String umaskAndMode : new String[] {"022 644", "077 600"}) {
      String[] of = umaskAndMode.split(" ");
      String script =
          "umask $1; \"$0\" restore --to out.raw disk.qcow2 && stat -c %a out.raw && \"$0\" restore"
              + " --to out.raw disk.qcow2; cmp out.raw disk.raw; chmod 640 out.raw; \"$0\" restore"
              + " --overwrite --to out.raw disk.qcow2; stat -c %a out.raw; cmp out.raw disk.raw; rm"
              + " out.raw; \"$0\" restore --overwrite --to out.raw disk.qcow2; stat -c %a out.raw;"
              + " rm out.raw";
      Outcome outcome = bash(script, of[0]);
      assertEquals(List.of(of[1], "640", of[1]), outcome.out().lines().toList(), outcome.err());
      assertTrue(outcome.err().contains("say --overwrite"), outcome.err());
      assertEquals(before, files());
    }
  }

  private static boolean holdsUnnamed(Path descriptors) throws IOException {
    try (Stream<Path> all = Files.list(descriptors)) {
      for (Path descriptor : all.toList()) {
        if (Files.readSymbolicLink(descriptor).toString().endsWith("(deleted)")) {
          return true;
        }
      }
    }
    return false;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  private List<Path> partial() throws Exception {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(it -> it.getFileName().toString().startsWith(".qcow2-")).toList();
    }
  }

  @Test
  void imageThatQemuHoldsIsRefused() throws Exception {
    Path socket = directory.resolve("socket");
    ProcessBuilder nbd =
        new ProcessBuilder(
            Tool.QEMU_NBD.path(), "-t", "-k", socket.toString(), "-f", "qcow2", image.toString());
    try (HeldProcess writer = HeldProcess.start(nbd)) {
      HeldProcess.await("qemu-nbd", () -> Files.exists(socket));
      bash("\"$0\" restore --to out.raw disk.qcow2").assertFailed(1, "QEMU has it open", "-U");
      bash("\"$0\" restore --to out.raw - < disk.qcow2").assertFailed(1, "QEMU has it open", "-U");
      assertFalse(Files.exists(directory.resolve("out.raw")));
      bash("\"$0\" -f qcow2 disk.qcow2 | \"$0\" restore --overwrite --to disk.qcow2 -")
          .assertFailed(1, "QEMU has it open");
      assertTrue(writer.handle().isAlive());
      assertEquals(0, bash("\"$0\" restore -U --to out.raw disk.qcow2").code());
    }
    assertEquals(-1, Files.mismatch(disk, directory.resolve("out.raw")));
  }

  @Test
  void namesInAnImageAreNotOpenedUnasked() throws Exception {
    Files.writeString(directory.resolve("secret"), "x".repeat(MIB));
    for (String name :
        List.of(
            directory + "/secret",
            "json:{\\\"driver\\\":\\\"null-co\\\"}",
            "nbd://127.0.0.1:1/x")) {
      Outcome made = bash("qemu-img create -q -u -f qcow2 -b \"$1\" -F raw named.qcow2 1M", name);
      assertEquals(0, made.code(), made.err());
      Outcome refused = bash("strace -f -e trace=openat,connect \"$0\" restore named.qcow2");
      assertEquals(1, refused.code(), refused.err());
      assertEquals("", refused.out());
      assertFalse(refused.err().contains("/secret\", O_"), refused.err());
      assertFalse(refused.err().contains("AF_INET"), refused.err());
      assertEquals(1, bash("cat named.qcow2 | \"$0\" restore -").code());
    }
    bash("qemu-img create -q -u -f qcow2 -b loop.qcow2 -F qcow2 loop.qcow2 1M");
    assertEquals(1, bash("\"$0\" restore --follow loop.qcow2").code());
  }

  @Test
  void standardInputThatIsAFileIsReadInPlace() throws Exception {
    assertEquals(0, bash("\"$0\" restore - < disk.qcow2 | cmp - disk.raw").code());
    // A snapshot needs a file that can be read anywhere.
    assertEquals(0, bash("qemu-img snapshot -c one disk.qcow2").code());
    assertEquals(0, bash("\"$0\" restore --snapshot one - < disk.qcow2 | cmp - disk.raw").code());
    assertEquals(63, bash("cat disk.qcow2 | \"$0\" restore --snapshot one -").code());
  }

  @Test
  void readerThatGoesAwayIsToldApart() throws Exception {
    Outcome gone = bash("\"$0\" restore disk.qcow2 | head -c 100 > /dev/null");
    assertEquals(141, gone.code(), gone.err());
  }

  @Test
  void encryptedDiskIsRefusedWithTheReason() throws Exception {
    LuksImage.make(directory.resolve("luks.qcow2"));
    bash("\"$0\" restore luks.qcow2").assertFailed(1, "encrypted", "--key-file");
    bash("cat luks.qcow2 | \"$0\" restore -").assertFailed(1, "encrypted");
  }
}
