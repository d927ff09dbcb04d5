package io.github.qcow2tostdout.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.DiskRecipe;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Tool;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code measure} says how many bytes the conversion writes. */
class MeasureIT {
  private static final List<String> OPTIONS =
      List.of(
          "",
          "-c 512",
          "-c 4K -r 1",
          "-c 2M",
          "-r 64 -c 1K",
          "-v 2",
          "-d",
          "-R --data-file-name other",
          "-o cluster_size=128K,refcount_bits=8,lazy_refcounts=on",
          "--no-sparse -o compat=0.10");

  @TempDir Path directory;

  static Stream<Arguments> disks() {
    return Stream.of(
            DiskRecipe.hole(1).data(0, 1),
            DiskRecipe.hole(65_537).data(65_536, 1),
            DiskRecipe.hole(5_000_000).zeroes(0, 100_000).data(1_000_000, 1_000_000),
            DiskRecipe.hole(100 << 20).dataEvery(10 << 20))
        .flatMap(disk -> OPTIONS.stream().map(options -> Arguments.of(options, disk)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("disks")
  void measuredSizeIsThatOfTheStream(String options, DiskRecipe recipe) throws Exception {
    recipe.make(directory.resolve("disk"));
    Outcome outcome =
        PackagedTool.bash(
            directory,
            "size=$(\"$0\" $1 disk | wc -c) || exit; full=$(\"$0\" $1 full | wc -c) || exit;"
                + " echo \"required size: $size\"; echo \"fully allocated size: $full\"",
            options,
            makeFull(recipe));
    assertEquals(0, outcome.code(), outcome::err);

    Outcome measured = measure(options);
    assertEquals(outcome, measured);

    String[] numbers = outcome.out().replaceAll("[^0-9\n]", "").split("\n");
    assertEquals(
        new Outcome(
            0,
            """
            {
                "required": %s,
                "fully-allocated": %s
            }
            """
                .formatted(numbers[0], numbers[1]),
            ""),
        measure(options + " --output=json"));
    assertEquals(measured, measure(options + " --output human"));
  }

  /** A disk of the same size, with data in every cluster of any size. */
  private String makeFull(DiskRecipe recipe) throws Exception {
    DiskRecipe.hole(recipe.size()).dataEvery(512).make(directory.resolve("full"));
    return "full";
  }

  private Outcome measure(String options) throws Exception {
    List<Object> arguments = new ArrayList<>(List.of(options));
    return PackagedTool.bash(directory, "\"$0\" measure $1 disk", arguments.toArray());
  }

  /** What all but its upper bound of the metadata has in common with ours. */
  @ParameterizedTest
  @ValueSource(longs = {0, 512, 65_536, 3 << 20, 1L << 30, 3L << 40})
  void fullyAllocatedSizeIsThatOfQemuImg(long size) throws Exception {
    Path disk = DiskRecipe.hole(size).make(directory.resolve("disk"));
    String qemu = Tool.QEMU_IMG.runWell("measure", "-f", "raw", "-O", "qcow2", disk);
    Outcome ours =
        PackagedTool.run("measure", size == 0 ? "--length=0" : "--detect-change=ctime", disk);
    assertEquals(line(qemu), line(ours.out()));
  }

  /** QEMU's required size has the tables of a full disk; ours is what a new disk takes. */
  @ParameterizedTest
  @CsvSource({
    "0, ''",
    "1, ''",
    "512, -c 512",
    "65536, -o extended_l2=on",
    "1G, -c 1M",
    "3T, -o refcount_bits=1"
  })
  void aSizeInPlaceOfInputIsADiskWithoutData(String size, String options) throws Exception {
    Outcome ours = PackagedTool.bash(directory, "\"$0\" measure --size \"$1\" $2", size, options);
    Outcome disk =
        PackagedTool.bash(
            directory,
            "truncate -s \"$1\" new; \"$0\" measure $2 --length \"$1\" new",
            size,
            options);
    assertEquals(disk, ours);
    String keys = options.replace("-c ", "-o cluster_size=");
    Outcome qemu =
        PackagedTool.bash(
            directory,
            "\"$1\" measure --size \"$2\" -O qcow2 $3",
            Tool.QEMU_IMG.path(),
            size,
            keys);
    assertEquals(line(qemu.out()), line(ours.out()));
    assertTrue(required(ours) <= required(qemu), () -> ours.out() + qemu.out());
  }

  private static long required(Outcome outcome) {
    return Long.parseLong(outcome.out().lines().findFirst().orElse("").replaceAll("\\D", ""));
  }

  private static String line(String report) {
    return report.lines().filter(line -> line.startsWith("fully")).findFirst().orElse(report);
  }

  @Test
  void jsonHasTheKeysAndTheLayoutOfQemuImg() throws Exception {
    Path disk = DiskRecipe.hole(1 << 20).make(directory.resolve("disk"));
    String qemu =
        Tool.QEMU_IMG.runWell("measure", "--output=json", "-f", "raw", "-O", "qcow2", disk);
    Outcome ours = PackagedTool.run("measure", "--output=json", disk);
    assertEquals(withoutNumbers(qemu), withoutNumbers(ours.out()));
  }

  @Test
  void humanReportHasTheLayoutOfQemuImg() throws Exception {
    Path disk = DiskRecipe.hole(1 << 20).make(directory.resolve("disk"));
    String qemu = Tool.QEMU_IMG.runWell("measure", "-f", "raw", "-O", "qcow2", disk);
    Outcome ours = PackagedTool.run("measure", disk);
    assertEquals(withoutNumbers(qemu), withoutNumbers(ours.out()));
  }

  private static String withoutNumbers(String report) {
    return report.replaceAll("[0-9]+", "N");
  }
}
