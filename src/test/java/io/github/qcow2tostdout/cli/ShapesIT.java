package io.github.qcow2tostdout.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.DiskRecipe;
import io.github.qcow2tostdout.testing.Qemu;
import io.github.qcow2tostdout.testing.QemuCheck;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every shape of image, from the command line on: QEMU and our own check find it clean, QEMU reads
 * the disk from it, it has the size that was measured, and its parts make the whole.
 */
class ShapesIT {
  /** The options of a shape; {@code DISK} and {@code BASE} stand for the files. */
  private static final List<String> SHAPES =
      List.of(
          "--zero-clusters",
          "-d --data-file-name DISK --zero-clusters",
          "-B BASE",
          "-v 2 -B BASE",
          "--diff BASE",
          "-B BASE -r 1",
          "-B BASE -d --data-file-name DISK",
          "-o extended_l2=on",
          "-o extended_l2=on --zero-clusters",
          "-o extended_l2=on --map-only",
          "-o extended_l2=on -d --data-file-name DISK",
          "-o extended_l2=on -d --data-file-name DISK --zero-clusters",
          "-o extended_l2=on -R --data-file-name DISK",
          "-o extended_l2=on -B BASE",
          "-o extended_l2=on --diff BASE",
          "-o extended_l2=on -B BASE -d --data-file-name DISK");

  /** Parts of images are held in memory. */
  private static final int MAX_CLUSTER_SIZE_IN_PARTS = 65536;

  @TempDir Path directory;

  /** A disk and what it was before. */
  record Row(String shape, int clusterSize, String words, DiskRecipe disk, DiskRecipe base) {
    @Override
    public String toString() {
      return shape + " -c " + clusterSize + ": " + words;
    }

    List<String> arguments(Path diskFile, Path baseFile) {
      List<String> arguments = new ArrayList<>();
      for (String word : shape.split(" ")) {
        arguments.add(
            word.replace("DISK", diskFile.toString()).replace("BASE", baseFile.toString()));
      }
      if (disk.size() == 0) {
        arguments.addAll(List.of("--length", "0"));
      }
      arguments.addAll(List.of("-c", Integer.toString(clusterSize), diskFile.toString()));
      return arguments;
    }
  }

  static Stream<Row> rows() {
    return SHAPES.stream()
        .flatMap(shape ->
            Stream.of(512, 4096, 16384, 65536, 2 << 20)
                .filter(size -> size >= 16384 || !shape.contains("extended"))
                .flatMap(size -> rows(shape, size)));
  }

  private static Stream<Row> rows(String shape, int clusterSize) {
    long cluster = clusterSize;
    long span = cluster * (clusterSize / (shape.contains("extended") ? 16 : 8));
    // QEMU reads the holes of a raw data file.
    long far = shape.contains("-R") ? Math.min(span, 64 << 20) : span;
    DiskRecipe small = DiskRecipe.hole(5 * cluster + 513).data(cluster, 1).zeroes(0, cluster / 2);
    DiskRecipe mixed =
        DiskRecipe.hole(12 * cluster)
            .data(0, 2 * cluster)
            .zeroes(3 * cluster, 2 * cluster)
            .data(6 * cluster + cluster / 2, cluster)
            .zeroes(9 * cluster - 1, 3);
    DiskRecipe reach = DiskRecipe.hole(far + cluster).data(far - 1, 2);
    return Stream.of(
        new Row(shape, clusterSize, "nothing", DiskRecipe.hole(0), DiskRecipe.hole(512)),
        new Row(
            shape,
            clusterSize,
            "a byte, longer before",
            DiskRecipe.hole(1).data(0, 1),
            DiskRecipe.hole(700).data(0, 700)),
        new Row(
            shape,
            clusterSize,
            "a byte of zero over data",
            DiskRecipe.hole(1),
            DiskRecipe.hole(700).data(0, 700)),
        new Row(shape, clusterSize, "new", small, DiskRecipe.hole(0)),
        new Row(shape, clusterSize, "the same", mixed, mixed),
        new Row(
            shape,
            clusterSize,
            "all became zero",
            DiskRecipe.hole(12 * cluster),
            mixed.data(11 * cluster, 1)),
        new Row(
            shape,
            clusterSize,
            "shorter before, some became zero, some is other data",
            mixed,
            DiskRecipe.hole(8 * cluster - 300)
                .data(cluster / 2, 1)
                .zeroes(cluster / 2, 1)
                .data(4 * cluster - 1, 2)
                .data(7 * cluster, 7)),
        new Row(
            shape,
            clusterSize,
            "longer before",
            small,
            DiskRecipe.hole(9 * cluster).data(cluster, 1).data(5 * cluster, 3 * cluster)),
        new Row(
            shape,
            clusterSize,
            "over the reach of an L2 table",
            reach,
            DiskRecipe.hole(far + 2 * cluster).data(far + 1, 1).data(far - cluster, 1)),
        new Row(
            shape,
            clusterSize,
            "an L2 table of zeroes",
            DiskRecipe.hole(far + cluster).zeroes(far, 100),
            DiskRecipe.hole(far + cluster).data(far, 100)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void imageIsCleanAndIdenticalAndOfItsMeasure(Row row) throws Exception {
    Tool.QEMU_IMG.path();
    Path disk = row.disk().make(directory.resolve("disk.raw"));
    Path base = row.base().make(directory.resolve("base.raw"));
    List<String> arguments = row.arguments(disk, base);
    Path image = convert("image.qcow2", arguments);

    assertClean(image, row);
    if (row.shape().contains("--diff")) {
      Tool.QEMU_IMG.runWell("rebase", "-q", "-u", "-f", "qcow2", "-b", base, "-F", "raw", image);
    }
    Qemu.assertIdentical(disk, image);
    assertMeasured(image, arguments, row);
    if (row.clusterSize() <= MAX_CLUSTER_SIZE_IN_PARTS) {
      assertParts(image, arguments, row);
    }
  }

  private Path convert(String name, List<String> arguments) throws IOException {
    Path image = directory.resolve(name);
    try (FileChannel out =
        FileChannel.open(
            image,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      Console console = new Console(out);
      assertEquals(0, console.run(arguments.toArray()), () -> arguments + ": " + console.err());
      assertEquals("", console.err());
    }
    return image;
  }

  private static void assertClean(Path image, Row row) throws Exception {
    QemuCheck qemu = QemuCheck.of(image);
    assertEquals(0, qemu.code(), () -> row + ": " + qemu);
    assertEquals(0, qemu.figures().getOrDefault("leaks", 0L), () -> row + ": " + qemu);
    CheckRun ours = CheckRun.of(image, "--output=json", "--strict");
    assertEquals(0, ours.code(), () -> row + ": " + ours);
    assertEquals(qemu.figures(), QemuCheck.figures(ours.out()), row::toString);
    assertTrue(ours.out().replace(" ", "").contains("\"findings\":[]"), () -> row + ": " + ours);
  }

  private static void assertMeasured(Path image, List<String> arguments, Row row)
      throws IOException {
    Console console = new Console();
    List<String> measure = new ArrayList<>(arguments);
    measure.addFirst("measure");
    assertEquals(0, console.run(measure.toArray()), console::err);
    assertTrue(
        console.outText().startsWith("required size: " + imageSize(image, row) + "\n"),
        () -> row + ": " + console.outText());
  }

  /** Its size as it was written: a rebase may add to it. */
  private static long imageSize(Path image, Row row) throws IOException {
    return Files.size(image) / row.clusterSize() * row.clusterSize();
  }

  private void assertParts(Path image, List<String> arguments, Row row) throws IOException {
    long size = imageSize(image, row);
    byte[] whole = Files.readAllBytes(convert("whole", arguments));
    assertEquals(size, whole.length);
    for (long cut : new long[] {0, 100, size / 2 + 3, size - row.clusterSize() - 1, size}) {
      if (cut < 0) {
        continue;
      }
      Console first = new Console();
      Console rest = new Console();
      assertEquals(0, first.run(with(arguments, "--range=-" + cut)), first::err);
      assertEquals(0, rest.run(with(arguments, "--range=" + cut + "-")), rest::err);
      assertEquals(
          -1,
          Arrays.mismatch(Arrays.copyOf(whole, (int) cut), first.out()),
          () -> row + " up to " + cut);
      assertEquals(
          -1,
          Arrays.mismatch(Arrays.copyOfRange(whole, (int) cut, whole.length), rest.out()),
          () -> row + " from " + cut);
    }
  }

  private static Object[] with(List<String> arguments, String option) {
    List<Object> more = new ArrayList<>(arguments);
    more.addFirst(option);
    return more.toArray();
  }
}
