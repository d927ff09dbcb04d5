package io.github.qcow2tostdout.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.BlockDevices;
import io.github.qcow2tostdout.testing.DiskRecipe;
import io.github.qcow2tostdout.testing.HeldProcess;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Qemu;
import io.github.qcow2tostdout.testing.Tool;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Block devices that are large, part of others, mapped, broken, empty, or not what they were. */
@Timeout(120)
class BlockDeviceIT {
  private static final long MIB = 1 << 20;
  private static final long TIB = 1L << 40;

  @TempDir Path directory;

  private final BlockDevices devices = new BlockDevices();

  @AfterEach
  void detach() throws Exception {
    devices.detach();
  }

  private Outcome bash(String script, Object... arguments) throws Exception {
    return PackagedTool.bash(directory, script, arguments);
  }

  private void assertDone(String script, Object... arguments) throws Exception {
    assertEquals(new Outcome(0, "", ""), bash(script, arguments), script);
  }

  private Path disk(DiskRecipe recipe) throws Exception {
    return recipe.make(directory.resolve("disk"));
  }

  /** 2^31 sectors are 1 TiB, 2^32 are 2 TiB, and 2^31 blocks of 4 KiB are 8 TiB. */
  private static DiskRecipe huge() {
    return DiskRecipe.hole(10 * TIB)
        .data(0, 1000)
        .data(TIB - 3, 6)
        .data(2 * TIB - 5000, 100_000)
        .data(8 * TIB - 1, 2)
        .data(10 * TIB - 1, 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-c 2M", "--map-only", "-c 512K --range 3M-9000001"})
  void aHugeDeviceIsReadByTheMapOfItsFile(String options) throws Exception {
    Path disk = disk(huge());
    String device = devices.loop(disk);
    assertDone(
        "\"$0\" map disk > map && \"$0\" "
            + options
            + " --map map \"$1\" | cmp - <(\"$0\" "
            + options
            + " disk)",
        device);
    assertDone("cmp <(\"$0\" measure --map map \"$1\") <(\"$0\" measure disk)", device);
  }

  @Test
  void theImageOfAHugeDeviceIsThatOfQemu() throws Exception {
    Path disk = disk(huge());
    String device = devices.loop(disk, "--read-only");
    assertDone("\"$0\" map disk > map && \"$0\" --map map \"$1\" > image", device);
    Qemu.assertClean(directory.resolve("image"));
    Qemu.assertIdentical(disk, directory.resolve("image"));
  }

  @ParameterizedTest
  @ValueSource(longs = {TIB - MIB, 2 * TIB - MIB, 8 * TIB - MIB, 10 * TIB - 3 * MIB})
  void aWindowOfAHugeDeviceIsAllThatIsRead(long offset) throws Exception {
    Path disk = disk(huge());
    String device = devices.loop(disk);
    String window = "--offset " + offset + " --length 3M";
    assertDone("\"$0\" " + window + " \"$1\" | cmp - <(\"$0\" " + window + " disk)", device);
    assertDone("dd if=disk of=part bs=1M count=3 skip=" + offset / MIB + " status=none");
    assertDone("\"$0\" " + window + " \"$1\" > image", device);
    Qemu.assertIdentical(directory.resolve("part"), directory.resolve("image"));
  }

  @Test
  void aHugeDeviceWithoutAMapIsOneExtent() throws Exception {
    String device = devices.loop(disk(huge()));
    Outcome map = PackagedTool.run("map", device);
    assertEquals(
        new Outcome(0, Tool.QEMU_IMG.runWell("map", "-f", "raw", "--output=json", device), ""),
        map);
    assertTrue(map.out().contains("\"length\": 10995116277760"), map::out);
  }

  @Test
  void aDeviceOnStandardInputIsReadInPlace() throws Exception {
    Path disk = disk(DiskRecipe.hole(80 * MIB).data(5000, 70_000).data(70 * MIB, 1));
    String device = devices.loop(disk);
    assertDone("\"$0\" - < \"$1\" | cmp - <(\"$0\" disk)", device);
    assertDone(
        "{ dd bs=4096 count=1 of=/dev/null status=none; \"$0\" -; } < \"$1\" | cmp - <(\"$0\""
            + " --offset 4096 disk)",
        device);
    assertDone("\"$0\" --spool-dir /missing --offset 5001 - < \"$1\" > /dev/null", device);
  }

  @Test
  void aPartitionIsTheWindowOfItsDisk() throws Exception {
    Path disk = disk(DiskRecipe.hole(100 * MIB).data(MIB - 9, 20 * MIB).data(80 * MIB, MIB));
    String device = devices.loop(disk);
    String first = devices.partition(device, 1, MIB, 70 * MIB);
    String second = devices.partition(device, 2, 71 * MIB + 512, 20 * MIB - 512);
    assertDone("\"$0\" \"$2\" | cmp - <(\"$0\" --offset 1M --length 70M \"$1\")", device, first);
    assertDone(
        "\"$0\" \"$2\" | cmp - <(\"$0\" --offset 74449408 --length 20971008 disk)", device, second);
    assertDone("\"$0\" -c 4K \"$1\" > image", first);
    Qemu.assertClean(directory.resolve("image"));
    Qemu.assertIdentical(Path.of(first), directory.resolve("image"));
  }

  @Test
  void aMappedDeviceIsReadLikeAnyOther() throws Exception {
    Path disk = disk(DiskRecipe.hole(80 * MIB).data(10 * MIB, 3 * MIB).data(79 * MIB, 5000));
    String device = devices.loop(disk);
    // The second half first, then zeroes, then the first half.
    String mapped =
        devices.mapped(
            "0 81920 linear %s 81920\n81920 2048 zero\n83968 81920 linear %s 0"
                .formatted(device, device));
    assertDone(
        "{ tail -c 40M disk; head -c 1M /dev/zero; head -c 40M disk; } > expected; \"$0\" \"$1\""
            + " | cmp - <(\"$0\" expected)",
        mapped);
    assertDone("\"$0\" - < \"$1\" | cmp - <(\"$0\" expected)", mapped);
  }

  @Test
  void aMappedDeviceWithAnErrorIsNoShortDisk() throws Exception {
    Path disk = disk(DiskRecipe.hole(80 * MIB).data(0, 80 * MIB));
    String mapped =
        devices.mapped("0 98304 linear %s 0\n98304 8 error".formatted(devices.loop(disk)));
    bash("\"$0\" \"$1\"", mapped)
        .assertFailedBeforeTheFirstByte(1, mapped + ": can't be read at byte 50331648");
  }

  @Test
  void aDeviceWhoseFileWasCutIsNoShortDisk() throws Exception {
    Path disk = disk(DiskRecipe.hole(8 * MIB).data(0, 8 * MIB));
    String device = devices.loop(disk);
    try (FileChannel channel = FileChannel.open(disk, StandardOpenOption.WRITE)) {
      channel.truncate(5 * MIB);
    }
    bash("\"$0\" \"$1\"", device)
        .assertFailedBeforeTheFirstByte(
            1, device + ": can't be read at byte 5242880: Input/output error; check the disk");
    Outcome outcome = bash("\"$0\" --map-only \"$1\"", device);
    outcome.assertFailed(
        1, device + ": can't be read at byte ", "the image is cut short: discard it");
  }

  @Test
  void aDeviceThatIsNotAttachedIsNoEmptyDisk() throws Exception {
    devices.loop(disk(DiskRecipe.hole(MIB)));
    Outcome outcome = null;
    for (int tries = 0; tries < 5 && (outcome == null || outcome.code() == 0); tries++) {
      // Another process may attach it first.
      outcome = bash("\"$0\" \"$1\"", Tool.LOSETUP.runWell("--find").strip());
    }
    outcome.assertFailedBeforeTheFirstByte(
        1, "/dev/loop", ": is a block device of 0 bytes; attach");
  }

  @Test
  void aDeviceThatGrowsIsFoundOut() throws Exception {
    Path disk = disk(DiskRecipe.hole(8 * MIB).data(0, 8 * MIB));
    String device = devices.loop(disk);
    ProcessBuilder tool = new ProcessBuilder(PackagedTool.LAUNCHER.toString(), device);
    try (HeldProcess held = HeldProcess.start(tool)) {
      held.awaitOutput();
      try (FileChannel channel = FileChannel.open(disk, StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.allocate(1), 9 * MIB - 1);
      }
      Tool.LOSETUP.runWell("--set-capacity", device);
      held.finish()
          .assertFailed(
              1, device + ": source changed", "its size was 8388608 bytes and is 9437184 bytes");
    }
  }

  @Test
  void anotherNameOfTheSameDeviceIsTheSameDevice() throws Exception {
    Path disk = disk(DiskRecipe.hole(8 * MIB).data(0, 8 * MIB));
    String device = devices.loop(disk);
    String other = devices.loop(disk);
    Path node = directory.resolve("node");
    makeNode(device, node);
    for (String replacement : new String[] {device, other}) {
      ProcessBuilder tool = new ProcessBuilder(PackagedTool.LAUNCHER.toString(), node.toString());
      try (HeldProcess held = HeldProcess.start(tool)) {
        held.awaitOutput();
        makeNode(replacement, directory.resolve("replacement"));
        Files.move(directory.resolve("replacement"), node, StandardCopyOption.ATOMIC_MOVE);
        Outcome outcome = held.finish();
        if (replacement.equals(device)) {
          assertEquals("", outcome.err());
        } else {
          outcome.assertFailed(1, node + ": source changed", "another file has taken its name");
        }
      }
    }
  }

  private void makeNode(String device, Path node) throws Exception {
    Outcome made =
        bash("read -r a b < <(stat -c '%Hr %Lr' \"$1\"); mknod \"$2\" b $a $b", device, node);
    if (made.code() != 0) {
      Tool.impossible("no device node is to be had: " + made.err());
    }
  }
}
