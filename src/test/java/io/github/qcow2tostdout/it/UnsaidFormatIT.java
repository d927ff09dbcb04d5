package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Qemu;
import io.github.qcow2tostdout.testing.Tool;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An image that is given as if it were a raw disk. */
@Timeout(120)
final class UnsaidFormatIT {
  @TempDir Path directory;
  private Path disk;

  @BeforeEach
  void makeDisk() throws Exception {
    disk = directory.resolve("disk.raw");
    PackagedTool.bash(directory, "truncate -s 4M disk.raw");
    Tool.QEMU_IO.runWell("-f", "raw", "-c", "write -P 7 1M 1M", disk);
  }

  private Outcome bash(String script, Object... arguments) throws Exception {
    return PackagedTool.bash(directory, script, arguments);
  }

  private void assertRefusedEverywhere(String image, String... fragments) throws Exception {
    for (String script :
        new String[] {
          "\"$0\" \"$1\"",
          "\"$0\" measure \"$1\"",
          "\"$0\" map \"$1\"",
          "\"$0\" - < \"$1\"",
          "cat \"$1\" | \"$0\" -",
          "\"$0\" -B \"$1\" disk.raw",
          "\"$0\" --map-only -R \"$1\"",
        }) {
      bash(script, image).assertFailedBeforeTheFirstByte(64, fragments);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"qcow2", "qcow", "qed", "vdi", "vhdx", "vmdk", "vpc", "parallels"})
  void imagesAreRefusedAndDetectedIfThatIsSaid(String format) throws Exception {
    Tool.QEMU_IMG.runWell("convert", "-f", "raw", "-O", format, disk, directory.resolve("image"));
    assertRefusedEverywhere("image", "in the format " + format + "; ");
    assertEquals(0, bash("\"$0\" -f raw image > raw.qcow2").code());
    Qemu.assertIdentical(directory.resolve("image"), directory.resolve("raw.qcow2"));
    Outcome auto = bash("\"$0\" -f auto image > auto.qcow2");
    assertEquals(0, auto.code(), auto::err);
    Outcome compare =
        Tool.QEMU_IMG.run(
            "compare", "-f", "raw", "-F", "qcow2", disk, directory.resolve("auto.qcow2"));
    assertEquals(0, compare.code(), compare::toString);
  }

  @ParameterizedTest
  @CsvSource({"gzip", "xz", "zstd", "bzip2"})
  void compressedDisksAreRefusedWithTheWayToReadThem(String program) throws Exception {
    if (bash("command -v \"$1\"", program).code() != 0) {
      Tool.impossible(program + " is not installed");
    }
    bash(program + " -c disk.raw > disk.packed");
    assertRefusedEverywhere("disk.packed", "is compressed with " + program);
    bash("\"$0\" disk.packed")
        .assertFailedBeforeTheFirstByte(
            64, program + " -dc disk.packed | qcow2-to-stdout -, or -f raw");
    bash("\"$0\" -f auto disk.packed").assertFailedBeforeTheFirstByte(64, "compressed");
    assertEquals(0, bash(program + " -dc disk.packed | \"$0\" - > out.qcow2").code());
    Qemu.assertIdentical(disk, directory.resolve("out.qcow2"));
  }

  @Test
  void descriptorOfVmwareIsRefused() throws Exception {
    Tool.QEMU_IMG.runWell(
        "convert",
        "-f",
        "raw",
        "-O",
        "vmdk",
        "-o",
        "subformat=monolithicFlat",
        disk,
        directory.resolve("image.vmdk"));
    assertRefusedEverywhere("image.vmdk", "in the format vmdk");
  }

  @Test
  void rawDisksAreRaw() throws Exception {
    for (String option : new String[] {"", "-f raw", "-f auto"}) {
      assertEquals(0, bash("\"$0\" " + option + " disk.raw > out.qcow2").code());
      Qemu.assertIdentical(disk, directory.resolve("out.qcow2"));
    }
    for (int size : new int[] {1, 7, 511, 512, 513}) {
      assertEquals(0, bash("truncate -s \"$1\" small; \"$0\" small | wc -c", size).code());
      assertEquals(0, bash("\"$0\" -f auto small | wc -c", size).code());
    }
  }

  /** A fixed disk of Virtual PC is a raw one with a sector behind it; only auto looks there. */
  @Test
  void footerIsLookedForOnlyIfThatIsSaid() throws Exception {
    Path image = directory.resolve("image.vpc");
    Tool.QEMU_IMG.runWell(
        "convert", "-f", "raw", "-O", "vpc", "-o", "subformat=fixed,force_size=on", disk, image);
    assertEquals(0, bash("\"$0\" image.vpc > raw.qcow2").code());
    Qemu.assertIdentical(image, directory.resolve("raw.qcow2"));
    assertEquals(0, bash("\"$0\" -f auto image.vpc > auto.qcow2").code());
    Qemu.assertIdentical(disk, directory.resolve("auto.qcow2"));
  }

  @Test
  void exportOfAnImagesBytesIsRefused() throws Exception {
    Tool.NBDKIT.path();
    Tool.QEMU_IMG.runWell("convert", "-f", "raw", "-O", "qcow2", disk, directory.resolve("image"));
    String serve = "nbdkit -U - file image --run '\"'\"$0\"'\" %s nbd+unix:///?socket=$unixsocket'";
    bash(String.format(serve, ""))
        .assertFailedBeforeTheFirstByte(64, "in the format qcow2", "server", "-f raw");
    assertEquals(0, bash(String.format(serve, "-f raw") + " > out.qcow2").code());
    Qemu.assertIdentical(directory.resolve("image"), directory.resolve("out.qcow2"));
  }

  /** What a guest writes into its own disk; it is never taken for the format by itself. */
  @Test
  void checkTellsOfADiskThatBeginsLikeAnImage() throws Exception {
    Tool.QEMU_IMG.runWell(
        "convert", "-f", "raw", "-O", "vdi", disk, directory.resolve("image.vdi"));
    bash("\"$0\" -f raw image.vdi > wrapped.qcow2");
    for (String script :
        new String[] {
          "\"$0\" check --strict wrapped.qcow2",
          "cat wrapped.qcow2 | \"$0\" check --strict -",
          "cat wrapped.qcow2 | \"$0\" check --deep -",
        }) {
      Outcome outcome = bash(script);
      assertEquals(0, outcome.code(), outcome::err);
      assertTrue(outcome.out().contains("warning disk-looks-like-image: "), outcome::out);
      assertTrue(outcome.out().contains("the magic of a vdi image"), outcome::out);
    }
    bash("\"$0\" disk.raw > plain.qcow2");
    assertTrue(!bash("\"$0\" check plain.qcow2").out().contains("disk-looks-like-image"));
  }
}
