package io.github.qcow2tostdout.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.cli.terminal.ExitCode;
import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.plan.ImageOptions;
import io.github.qcow2tostdout.plan.LayoutPlan;
import io.github.qcow2tostdout.plan.Region;
import io.github.qcow2tostdout.testing.DiskRecipe;
import io.github.qcow2tostdout.testing.InProcess;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code --range} gives the bytes of the stream that it names. */
class RangesIT {
  @TempDir Path directory;

  private Path disk;

  @BeforeEach
  void makeDisk() throws IOException {
    disk =
        DiskRecipe.hole(3_000_000)
            .data(0, 70_000)
            .data(1_000_000, 1)
            .data(2_999_999, 1)
            .make(directory.resolve("disk"));
  }

  private byte[] image() throws Exception {
    PackagedTool.bash(directory, "\"$0\" disk > image");
    return Files.readAllBytes(directory.resolve("image"));
  }

  private byte[] range(String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("disk");
    Outcome outcome = PackagedTool.bash(directory, "\"$0\" \"$@\" > range", all.toArray());
    assertEquals(new Outcome(0, "", ""), outcome, all::toString);
    return Files.readAllBytes(directory.resolve("range"));
  }

  private void assertRange(int from, int to, String... arguments) throws Exception {
    assertBytes(Arrays.copyOfRange(image(), from, to), range(arguments));
  }

  /** Says where arrays of some size differ, and does not print them. */
  private static void assertBytes(byte[] expected, byte[] actual) {
    assertEquals(-1, Arrays.mismatch(expected, actual), "the first byte that differs");
  }

  @Test
  void fromAndToGiveWhatLiesBetween() throws Exception {
    assertRange(1, 100_001, "--range", "1-100001");
  }

  @Test
  void valueMayBeAttached() throws Exception {
    assertRange(1, 100_001, "--range=1-100001");
  }

  @Test
  void fromAloneGoesToTheEnd() throws Exception {
    assertRange(200_003, image().length, "--range", "200003-");
  }

  @Test
  void toAloneStartsAtTheFirstByte() throws Exception {
    assertRange(0, 65_537, "--range=-65537");
  }

  @Test
  void fromZeroGivesEverything() throws Exception {
    assertRange(0, image().length, "--range", "0-");
  }

  @ParameterizedTest
  @CsvSource({
    "64K-128K, 65536, 131072",
    "1k-0002K, 1024, 2048",
    "512-0K, -1, -1",
    "=-64K, 0, 65536",
    "131072-256K, 131072, 262144"
  })
  void suffixesAreMultiplesOf1024(String range, int from, int to) throws Exception {
    if (from < 0) {
      assertRefused("backwards", range);
    } else {
      assertRange(from, to, range.startsWith("=") ? "--range" + range : "--range=" + range);
    }
  }

  @Test
  void megabytesAreMultiplesOf1048576() throws Exception {
    DiskRecipe.hole(4 << 20).data(0, 4 << 20).make(disk);
    assertRange(1 << 20, 3 << 20, "--range", "1M-3m");
  }

  @Test
  void gigabytesReachBehind4GiB() throws Exception {
    Path large = DiskRecipe.hole(6L << 30).data(0, 16).make(directory.resolve("large"));
    // Metadata of 512-byte clusters: the L1 table alone has 1.5 MiB.
    Outcome outcome =
        PackagedTool.bash(
            directory,
            "\"$0\" -c 512 --range 0G-1M \"$1\" | wc -c; \"$0\" -c 512 --range 0-4G \"$1\"",
            large);
    assertEquals("1048576\n", outcome.out());
    assertEquals(ExitCode.USAGE, outcome.code(), outcome::err);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0-0", "1-1", "65536-65536", "=-0"})
  void emptyRangeIsEmpty(String range) throws Exception {
    assertEquals(0, range(range.startsWith("=") ? "--range" + range : "--range=" + range).length);
  }

  @Test
  void rangeThatStartsAtTheEndIsEmpty() throws Exception {
    int size = image().length;
    assertEquals(0, range("--range", size + "-").length);
    assertEquals(0, range("--range", size + "-" + size).length);
  }

  @Test
  void rangeUpToTheEndMayNameIt() throws Exception {
    int size = image().length;
    assertRange(size - 1, size, "--range", (size - 1) + "-" + size);
  }

  @Test
  void endBeyondTheImageIsRefused() throws Exception {
    assertRefused("beyond the end", "0-" + (image().length + 1));
  }

  @Test
  void startBeyondTheImageIsRefused() throws Exception {
    assertRefused("beyond the end", (image().length + 1) + "-");
  }

  @Test
  void backwardsRangeIsRefused() throws Exception {
    assertRefused("backwards", "5-4");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-",
        "",
        "5",
        "a-b",
        "1-2-3",
        "1K5-",
        "0x10-",
        "1.5K-",
        " 1-2",
        "+1-2",
        "1P-",
        "1B-2",
        "9223372036854775808-",
        "99999999999999999999-",
        "9000000T-"
      })
  void malformedRangeIsRefused(String range) throws Exception {
    assertRefused("--range", range);
  }

  private void assertRefused(String words, String range) throws Exception {
    Outcome outcome = PackagedTool.run("--range=" + range, disk);
    assertEquals(ExitCode.USAGE, outcome.code(), outcome::toString);
    assertEquals("", outcome.out());
    assertTrue(outcome.err().contains(words), outcome::err);
    assertTrue(outcome.err().lines().count() <= 2, outcome::err);
  }

  @Test
  void measureOfARangeIsItsLength() throws Exception {
    assertEquals(
        "required size: 99991",
        PackagedTool.run("measure", "--range", "10-100001", disk)
            .out()
            .lines()
            .findFirst()
            .orElse(""));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("images")
  void piecesCutAtEveryBorderMakeTheStream(
      List<String> arguments, ImageOptions options, DiskRecipe recipe) throws Exception {
    recipe.make(disk);
    LayoutPlan plan = InProcess.plan(disk, options);
    TreeSet<Long> cuts = new TreeSet<>(List.of(0L, 7L, 4099L));
    for (Region region : plan.regions()) {
      for (int around : new int[] {-3, -1, 0, 1, 9}) {
        cuts.add(region.from() + around);
      }
      cuts.add((region.from() + region.to()) / 2 + 1);
    }
    cuts.add(plan.imageSize() - 513);
    cuts.removeIf(cut -> cut < 0 || cut >= plan.imageSize());

    StringBuilder ranges = new StringBuilder();
    for (long cut : cuts) {
      Long next = cuts.higher(cut);
      ranges.append(' ').append(cut).append('-').append(next == null ? "" : next);
    }
    String tool = "\"$0\" " + String.join(" ", arguments) + " disk";
    Outcome outcome =
        PackagedTool.bash(
            directory,
            "set -e; "
                + tool
                + " > image; for range in"
                + ranges
                + "; do "
                + tool
                + " --range $range; done > joined; stat -c %s image; cmp image joined");
    assertEquals(new Outcome(0, plan.imageSize() + "\n", ""), outcome);
  }

  static Stream<Arguments> images() {
    ImageOptions.DataFile inside = null;
    // The disks are large enough for tables of several clusters, and have data in several of them.
    return Stream.of(
        image(
            List.of(), 16, 4, 3, inside, DiskRecipe.hole(3_000_001).data(7, 1).data(3_000_000, 1)),
        image(
            List.of("-c", "512", "-r", "64"),
            9,
            6,
            3,
            inside,
            DiskRecipe.hole(3 << 20).data(1 << 20, 1 << 20).dataEvery(40_000)),
        image(
            List.of("-c", "512", "-r", "1"),
            9,
            0,
            3,
            inside,
            DiskRecipe.hole(3 << 20).data(1 << 20, 1 << 20).dataEvery(40_000)),
        image(
            List.of("-c", "4K", "-v", "2"),
            12,
            4,
            2,
            inside,
            DiskRecipe.hole(80 << 20).dataEvery(1_000_003)),
        image(
            List.of("-c", "1K", "-r", "2", "-d"),
            10,
            1,
            3,
            new ImageOptions.DataFile("disk", false),
            DiskRecipe.hole(90 << 20).dataEvery(400_000)),
        image(
            List.of("-c", "4K", "-R"),
            12,
            4,
            3,
            new ImageOptions.DataFile("disk", true),
            DiskRecipe.hole(2L << 30)),
        image(
            List.of("-c", "2M", "-r", "8"),
            21,
            3,
            3,
            inside,
            DiskRecipe.hole((1L << 40) + 1000).data(5 << 20, 100).data(1L << 40, 1000)));
  }

  private static Arguments image(
      List<String> arguments,
      int clusterBits,
      int refcountOrder,
      int version,
      ImageOptions.DataFile dataFile,
      DiskRecipe recipe) {
    return Arguments.of(
        arguments,
        new ImageOptions(
            new Geometry(clusterBits, refcountOrder),
            version,
            false,
            Optional.ofNullable(dataFile)),
        recipe);
  }
}
