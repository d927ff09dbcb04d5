package io.github.qcow2tostdout.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.DiskRecipe;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Qemu;
import io.github.qcow2tostdout.testing.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** External data files, as QEMU finds and opens them. */
class DataFileIT {
  @TempDir Path directory;

  @BeforeEach
  void needQemu() {
    Tool.QEMU_IMG.path();
  }

  /** Runs a script; it may print, but has to succeed without an error. */
  private String bash(String script, Object... arguments) throws Exception {
    Outcome outcome = PackagedTool.bash(directory, "set -e; " + script, arguments);
    assertEquals(0, outcome.code(), outcome::toString);
    assertEquals("", outcome.err());
    return outcome.out();
  }

  private Path path(String name) {
    return directory.resolve(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "disk.raw",
        "two words",
        "a,b",
        "a:b",
        "ssh:disk",
        "json:{}",
        "file:x",
        "d\u00efsque \u78c1",
        "sub/disk",
        "su:b/disk",
        "%s%n"
      })
  void relativeNameIsFoundWhereQemuRuns(String name) throws Exception {
    Files.createDirectories(path(name).getParent());
    DiskRecipe.hole(300_032).data(0, 100_000).data(250_000, 1).make(path(name));
    Files.createDirectories(path("images"));
    for (String option : new String[] {"-d", "-R"}) {
      String out =
          bash(
              "\"$0\" "
                  + option
                  + " \"$1\" > images/image; qemu-img compare -f raw -F qcow2 \"$2\" images/image",
              name,
              path(name));
      assertEquals("Images are identical.\n", out);
      // Not beside the image, as a backing file would be.
      Outcome elsewhere =
          PackagedTool.bash(path("images"), "qemu-io -r -f qcow2 -c 'read 0 512' image");
      assertEquals(1, elsewhere.code());
      assertTrue(elsewhere.err().contains("No such file or directory"), elsewhere::err);
    }
  }

  @Test
  void absoluteNameIsFoundFromAnywhere() throws Exception {
    DiskRecipe.hole(300_032).data(0, 100_000).make(path("disk"));
    bash("\"$0\" -d \"$1\" > image; \"$0\" -R \"$1\" > raw", path("disk"));
    Qemu.assertIdentical(path("disk"), path("image"));
    Qemu.assertIdentical(path("disk"), path("raw"));
  }

  @ParameterizedTest
  @CsvSource({"512, 384", "1K, 896", "4K, 3968", "64K, 4095"})
  void longestNameThatFitsIsOpened(String clusterSize, int length) throws Exception {
    DiskRecipe.hole(300_032).data(0, 100_000).make(path("disk"));
    int slashes = length - directory.toString().length() - "disk".length();
    String name = directory + "/".repeat(slashes) + "disk";
    assertEquals(length, name.length());
    bash("\"$0\" -c $1 -d \"$2\" > image", clusterSize, name);
    Qemu.assertClean(path("image"));
    Qemu.assertIdentical(path("disk"), path("image"));
  }

  @Test
  void nameThatDoesNotFitIsRefusedWithTheClusterSizeThatWorks() throws Exception {
    DiskRecipe.hole(300_032).data(0, 100_000).make(path("disk"));
    PackagedTool.bash(directory, "\"$0\" -c 512 -d --data-file-name $1 disk", "n".repeat(385))
        .assertFailedBeforeTheFirstByte(
            1, "data file name take 520 bytes, a cluster holds 512; use a cluster size of 1K");
  }

  @ParameterizedTest
  @CsvSource({
    "-d, 1",
    "-d, 511",
    "-d, 513",
    "-d, 65535",
    "-d, 65537",
    "-R, 1",
    "-R, 513",
    "-R, 65537",
    "-d -o extended_l2=on, 513",
    "-d -o extended_l2=on, 65537",
    "-R -o extended_l2=on, 65537",
    "-d --zero-clusters, 65537",
  })
  void fileThatEndsInsideASectorReadsAsZeroesBehindItsEndAndGrowsWithAWrite(
      String options, int size) throws Exception {
    DiskRecipe.hole(size).data(0, size).make(path("disk"));
    DiskRecipe.hole(size).data(0, size).make(path("copy"));
    long virtualSize = Math.ceilDiv(size, 512) * 512L;
    bash("\"$0\" $1 \"$2\" > image", options, path("disk"));
    Qemu.assertIdentical(path("copy"), path("image"));
    Qemu.io(
        path("image"),
        List.of(
            "read -P 0 %d %d".formatted(size, virtualSize - size),
            "write -P 9 %d 512".formatted(virtualSize - 512),
            "read -P 9 %d 512".formatted(virtualSize - 512)));
    assertEquals(virtualSize, Files.size(path("disk")));
    Qemu.assertClean(path("image"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-o extended_l2=on", "--zero-clusters"})
  void whatIsNotMappedReadsAsZeroesWhateverTheFileHasThere(String options) throws Exception {
    // Written behind our back: without -R the image is the authority.
    DiskRecipe.hole(1 << 20).zeroes(0, 70_000).data(500_000, 10).make(path("disk"));
    bash("\"$0\" -d $1 \"$2\" > image", options, path("disk"));
    DiskRecipe.hole(1 << 20).data(0, 70_000).data(500_000, 10).make(path("disk"));
    Qemu.io(path("image"), List.of("read -P 0 0 70000"));
    bash("\"$0\" -R $1 \"$2\" > image", options.replace("--zero-clusters", ""), path("disk"));
    Qemu.assertIdentical(path("disk"), path("image"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-o extended_l2=on"})
  void deltaWithADataFileIsTheDisk(String options) throws Exception {
    DiskRecipe.hole(5_000_192).data(0, 3_000_000).make(path("base"));
    DiskRecipe.hole(5_000_192).data(0, 2_000_000).data(4_000_000, 100).make(path("disk"));
    bash("\"$0\" $1 -d --data-file-name \"$2\" -B base disk > image", options, path("disk"));
    Qemu.assertClean(path("image"));
    Qemu.assertIdentical(path("disk"), path("image"));
    assertTrue(Files.size(path("image")) <= 6 << 16);
  }
}
