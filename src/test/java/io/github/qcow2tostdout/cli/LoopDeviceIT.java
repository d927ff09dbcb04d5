package io.github.qcow2tostdout.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qcow2tostdout.testing.BlockDevices;
import io.github.qcow2tostdout.testing.DiskRecipe;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Qemu;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Block devices, by loop devices over files. */
class LoopDeviceIT {
  /** More than a cluster's multiple, and large enough for system calls. */
  private static final long SIZE = (80L << 20) + 3 * 512;

  private static final DiskRecipe RECIPE =
      DiskRecipe.hole(SIZE)
          .data(1000, 5000)
          .zeroes(10 << 20, 1 << 20)
          .data(40 << 20, 3 << 20)
          .data(SIZE - 1, 1);

  @TempDir Path directory;

  private final BlockDevices devices = new BlockDevices();

  @AfterEach
  void detach() throws Exception {
    devices.detach();
  }

  @Test
  void deviceGivesTheSameBytesAsItsFile() throws Exception {
    Path disk = RECIPE.make(directory.resolve("disk"));
    String device = devices.loop(disk);
    assertSameImage(device, disk);
  }

  @Test
  void deviceIsNotOverwrittenUnderAnotherName() throws Exception {
    Path disk = RECIPE.make(directory.resolve("disk"));
    String device = devices.loop(disk);
    Outcome outcome =
        PackagedTool.bash(
            directory,
            "cp disk before; mknod alias b $(stat -c '0x%t 0x%T' \"$1\");"
                + " \"$0\" \"$1\" > alias; code=$?; cmp disk before && exit $code",
            device);
    outcome.assertFailedBeforeTheFirstByte(1, device + ": is standard output too");
  }

  @Test
  void readOnlyDeviceGivesTheSameBytesAsItsFile() throws Exception {
    Path disk = RECIPE.make(directory.resolve("disk"));
    String device = devices.loop(disk, "--read-only");
    assertSameImage(device, disk);
  }

  @Test
  void smallDeviceGivesTheSameBytesAsItsFile() throws Exception {
    Path disk = DiskRecipe.hole(1536).data(1535, 1).make(directory.resolve("disk"));
    String device = devices.loop(disk);
    assertSameImage(device, disk);
  }

  @Test
  void deviceWithLargeSectorsGivesTheSameBytesAsItsFile() throws Exception {
    Path disk =
        DiskRecipe.hole((70L << 20) + 4096)
            .data((70L << 20) + 1, 9)
            .make(directory.resolve("disk"));
    String device = devices.loop(disk, "--sector-size", "4096");
    assertSameImage(device, disk);
  }

  @Test
  void partitionGivesTheBytesOfItsPart() throws Exception {
    Path disk = RECIPE.make(directory.resolve("disk"));
    long offset = 1 << 20;
    long size = (70L << 20) + 512;
    Path part = directory.resolve("part");
    bash(
        "dd if=disk of=part iflag=skip_bytes,count_bytes skip=%d count=%d status=none"
            .formatted(offset, size));
    String device = devices.loop(disk, "--offset", offset, "--sizelimit", size);
    assertSameImage(device, part);
  }

  @Test
  void deviceHasTheWholeSectorsOfItsFile() throws Exception {
    Path disk = DiskRecipe.hole(70_000).data(0, 70_000).make(directory.resolve("disk"));
    Path whole = directory.resolve("whole");
    bash("head -c %d disk > whole".formatted(70_000 / 512 * 512));
    String device = devices.loop(disk);
    assertSameImage(device, whole);
  }

  @Test
  void symbolicLinkToADeviceIsFollowed() throws Exception {
    Path disk = RECIPE.make(directory.resolve("disk"));
    String device = devices.loop(disk);
    Path link = directory.resolve("link");
    Files.createSymbolicLink(link, Path.of(device));
    assertSameImage(link.toString(), disk);
    // The end of the test would warn of a link that leads out of its directory.
    Files.delete(link);
  }

  @Test
  void deviceIsMeasured() throws Exception {
    Path disk = RECIPE.make(directory.resolve("disk"));
    String device = devices.loop(disk);
    assertEquals(PackagedTool.run("measure", disk), PackagedTool.run("measure", device));
  }

  /** With several options; the device is compared through QEMU too. */
  private void assertSameImage(String device, Path file) throws Exception {
    for (String options : List.of("", "-c 512", "-c 2M -r 1", "--no-sparse -v 2")) {
      Outcome outcome =
          PackagedTool.bash(
              directory,
              "\"$0\" $1 \"$2\" > image && \"$0\" $1 \"$3\" > expected && cmp image expected",
              options,
              device,
              file);
      assertEquals(new Outcome(0, "", ""), outcome, options);
      Qemu.assertClean(directory.resolve("image"));
      Qemu.assertIdentical(Path.of(device), directory.resolve("image"));
    }
  }

  private void bash(String script) throws IOException, InterruptedException {
    assertEquals(new Outcome(0, "", ""), PackagedTool.bash(directory, script));
  }
}
