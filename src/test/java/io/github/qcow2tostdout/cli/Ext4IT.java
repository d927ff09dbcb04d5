package io.github.qcow2tostdout.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.DiskRecipe;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Qemu;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file system as users have it, through every kind of standard output. */
class Ext4IT {
  /** The file system, {@code disk}; tests write other names beside it. */
  @TempDir static Path directory;

  @BeforeAll
  static void makeFileSystem() throws Exception {
    Tool.QEMU_IMG.path();
    Path tree = Files.createDirectory(directory.resolve("tree"));
    Random random = new Random(1);
    for (int i = 0; i < 200; i++) {
      Path folder = Files.createDirectories(tree.resolve("folder" + i % 17 + "/" + i % 5));
      byte[] content = new byte[random.nextInt(1 << random.nextInt(1, 20))];
      random.nextBytes(content);
      Files.write(folder.resolve("file" + i), content);
    }
    Files.createSymbolicLink(tree.resolve("link"), Path.of("folder1/1/file1"));
    DiskRecipe.hole(30 << 20).dataEvery(5 << 20).make(tree.resolve("sparse"));
    DiskRecipe.hole(2 << 20).zeroes(0, 2 << 20).make(tree.resolve("zeroes"));
    Tool.MKE2FS.runWell(
        "-q", "-t", "ext4", "-d", tree, "-U", "clear", directory.resolve("disk"), "120M");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-c 512",
        "-c 4K",
        "-c 2M",
        "-r 1",
        "-r 64",
        "-v 2",
        "-d --data-file-name $PWD/disk",
        "-R --data-file-name $PWD/disk",
        "-o lazy_refcounts=on",
        "--no-sparse"
      })
  void imageIsCleanAndIdentical(String options) throws Exception {
    bash("\"$0\" " + options + " disk > image");
    Qemu.assertClean(directory.resolve("image"));
    Qemu.assertIdentical(directory.resolve("disk"), directory.resolve("image"));
  }

  @Test
  void fileSystemInTheImageIsSound() throws Exception {
    Path back = directory.resolve("back");
    bash("\"$0\" disk > image");
    Tool.QEMU_IMG.runWell("convert", "-f", "qcow2", "-O", "raw", directory.resolve("image"), back);
    Tool.E2FSCK.runWell("-f", "-n", back);
  }

  @Test
  void sameInputTwiceGivesTheSameBytes() throws Exception {
    bash("\"$0\" disk > image; \"$0\" disk > again; cmp image again");
  }

  @Test
  void withoutHolesTheBytesAreTheSame() throws Exception {
    bash("\"$0\" disk > image; \"$0\" --no-sparse disk > again; cmp image again");
  }

  @Test
  void diskCopiedWithoutItsHolesGivesTheSameBytes() throws Exception {
    bash("\"$0\" disk > image; cp --sparse=never disk full; \"$0\" full > again; cmp image again");
  }

  @Test
  void largeZeroesWrittenAsDataAreDropped() throws Exception {
    DiskRecipe.hole(100 << 20)
        .zeroes(0, 100 << 20)
        .data(50 << 20, 1)
        .make(directory.resolve("zeroes"));
    DiskRecipe.hole(100 << 20).data(50 << 20, 1).make(directory.resolve("holes"));
    bash("test $(stat -c %b zeroes) -gt $(stat -c %b holes)");
    bash("\"$0\" zeroes > image; \"$0\" holes > again; cmp image again");
    // Header, refcount table and block, L1 and L2 table, one data cluster.
    assertEquals(6 << 16, Files.size(directory.resolve("image")));
  }

  @Test
  void pipeGetsTheSameBytesAsAFile() throws Exception {
    bash("\"$0\" disk > image; \"$0\" disk | cat | cmp image -");
  }

  @Test
  void slowAndFickleReaderGetsTheSameBytes() throws Exception {
    bash(
        "\"$0\" disk > image;"
            + " \"$0\" disk | { head -c 1; head -c 4095; sleep 0.3; cat; } | cmp image -");
  }

  @Test
  void appendedImageLeavesWhatWasThere() throws Exception {
    bash(
        "\"$0\" disk > image; printf prefix > appended; \"$0\" disk >> appended;"
            + " cmp appended <(printf prefix; cat image)");
  }

  @Test
  void redirectBehindOtherOutputContinuesThere() throws Exception {
    bash(
        "\"$0\" disk > image; { printf prefix; \"$0\" disk; printf suffix; } > all;"
            + " cmp all <(printf prefix; cat image; printf suffix)");
  }

  @Test
  void redirectIntoTheMiddleOfAFileLeavesTheRest() throws Exception {
    bash(
        """
        "$0" disk > image; size=$(stat -c %s image)
        head -c $((size + 100000)) /dev/zero | tr '\\0' x > all; cp all expected
        dd if=image of=expected bs=1M oflag=seek_bytes seek=1001 conv=notrunc status=none
        exec 3<>all; head -c 1001 <&3 > /dev/null; "$0" disk >&3; cmp all expected
        """);
  }

  @Test
  void descriptorThatMayBeReadTooIsWritten() throws Exception {
    bash("\"$0\" disk > image; : > both; \"$0\" disk 1<> both; cmp image both");
  }

  @Test
  void devNullTakesIt() throws Exception {
    bash("\"$0\" disk > /dev/null");
  }

  @Test
  void imageKeepsNoHoleOfTheDisk() throws Exception {
    bash("\"$0\" disk > image");
    long size = Files.size(directory.resolve("image"));
    assertTrue(size < Files.size(directory.resolve("disk")) / 2, () -> "it has " + size);
  }

  /** Runs a script that has to succeed and to be silent. */
  private static void bash(String script) throws IOException, InterruptedException {
    assertEquals(new Outcome(0, "", ""), PackagedTool.bash(directory, "set -e; " + script));
  }
}
