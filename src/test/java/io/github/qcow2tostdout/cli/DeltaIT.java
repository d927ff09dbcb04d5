package io.github.qcow2tostdout.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.DiskRecipe;
import io.github.qcow2tostdout.testing.HeldProcess;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Qemu;
import io.github.qcow2tostdout.testing.QemuMap;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Deltas and their backing files, as QEMU opens them. */
class DeltaIT {
  private static final int CLUSTER = 65536;

  @TempDir Path directory;

  @BeforeEach
  void needQemu() {
    Tool.QEMU_IMG.path();
  }

  private void bash(String script, Object... arguments) throws Exception {
    Outcome outcome = PackagedTool.bash(directory, "set -e; " + script, arguments);
    assertEquals(new Outcome(0, "", ""), outcome, script);
  }

  private Path path(String name) {
    return directory.resolve(name);
  }

  @Test
  void mapShowsWhatIsStoredWhatIsZeroAndWhatIsBelow() throws Exception {
    DiskRecipe.hole(6L * CLUSTER).data(0, 4 * CLUSTER).make(path("base"));
    DiskRecipe.hole(6L * CLUSTER)
        .data(0, 4 * CLUSTER)
        .zeroes(CLUSTER, 1)
        .zeroes(2 * CLUSTER, CLUSTER)
        .data(5 * CLUSTER, 1)
        .make(path("disk"));
    bash("\"$0\" -B base disk > image");
    assertEquals(
        List.of(
            "0+65536 backing",
            "65536+65536 data",
            "131072+65536 zero",
            "196608+131072 backing",
            "327680+65536 data"),
        withoutHolesOfTheBase(QemuMap.of(path("image"))));
    // Subclusters of 2 KiB.
    bash("\"$0\" -o extended_l2=on -B base disk > image");
    List<String> rows = QemuMap.of(path("image"));
    assertTrue(rows.contains("65536+2048 data"), rows::toString);
    assertTrue(rows.contains("327680+2048 data"), rows::toString);
    assertTrue(rows.contains("131072+65536 zero"), rows::toString);
    Qemu.assertIdentical(path("disk"), path("image"));
  }

  /** QEMU tells data and holes of the raw base apart. */
  private static List<String> withoutHolesOfTheBase(List<String> rows) {
    List<String> joined = new ArrayList<>();
    for (String row : rows) {
      String[] parts = row.split("[+ ]");
      String[] last = joined.isEmpty() ? new String[3] : joined.getLast().split("[+ ]");
      if (parts[2].equals("backing") && parts[2].equals(last[2])) {
        long length = Long.parseLong(last[1]) + Long.parseLong(parts[1]);
        joined.set(joined.size() - 1, last[0] + "+" + length + " backing");
      } else {
        joined.add(row);
      }
    }
    return joined;
  }

  @Test
  void keptZeroesAreThereAndHolesAreNot() throws Exception {
    DiskRecipe.hole(8L * CLUSTER).zeroes(CLUSTER, CLUSTER).data(4 * CLUSTER, 1).make(path("disk"));
    bash("\"$0\" --zero-clusters disk > image");
    String map = Tool.QEMU_IMG.runWell("map", "--output=json", path("image"));
    assertTrue(
        map.contains(
            "\"start\": 65536, \"length\": 65536, \"depth\": 0, \"present\": true,"
                + " \"zero\": true, \"data\": false"),
        map);
    assertTrue(
        map.contains("\"start\": 0, \"length\": 65536, \"depth\": 0, \"present\": false"), map);
    Qemu.assertIdentical(path("disk"), path("image"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-c 512",
        "-c 2M -r 1",
        "-v 2",
        "-o extended_l2=on",
        "-o extended_l2=on -c 16K",
        "-o extended_l2=on -c 2M"
      })
  void chainIsRebuiltByQemu(String options) throws Exception {
    Random random = new Random(options.hashCode());
    byte[] bytes = new byte[9_000_000];
    random.nextBytes(bytes);
    Files.write(path("s0"), bytes);
    bytes = changed(random, bytes, 9_500_000);
    Files.write(path("s1"), bytes);
    bytes = changed(random, bytes, 10_000_384);
    Files.write(path("s2"), bytes);
    bash(
        "\"$0\" $1 s0 > full.qcow2; \"$0\" $1 -B s0 --backing-name full.qcow2 --backing-name-format"
            + " qcow2 s1 > d1.qcow2; \"$0\" $1 -B s1 --backing-name d1.qcow2 --backing-name-format"
            + " qcow2 s2 > d2.qcow2;"
            // The same against the image, which QEMU reads.
            + " \"$0\" $1 --follow -q -B d1.qcow2 -F qcow2 s2 > again; cmp again d2.qcow2",
        options);
    for (String image : List.of("full", "d1", "d2")) {
      Qemu.assertClean(path(image + ".qcow2"));
    }
    Qemu.assertIdentical(path("s1"), path("d1.qcow2"));
    Qemu.assertIdentical(path("s2"), path("d2.qcow2"));
    bash(
        "qemu-img convert -O raw d2.qcow2 flat && truncate -s %512 s2 && cmp s2 flat;"
            + " qemu-img commit -q d2.qcow2");
    // What the delta says goes into the image below, zeroes too.
    Qemu.assertClean(path("d1.qcow2"));
    Qemu.assertIdentical(path("s2"), path("d1.qcow2"));
  }

  /** Some bytes other, some ranges zero, and another size. */
  private static byte[] changed(Random random, byte[] bytes, int size) {
    byte[] changed = Arrays.copyOf(bytes, size);
    for (int i = 0; i < 12; i++) {
      int at = random.nextInt(size);
      int end = Math.min(size, at + 1 + random.nextInt(200_000));
      Arrays.fill(changed, at, end, (byte) (i % 3));
    }
    return changed;
  }

  @Test
  void diffOnTopOfACopyOfItsBaseIsTheDisk() throws Exception {
    DiskRecipe.hole(70 << 20).data(0, 3_000_000).data(66 << 20, 5).make(path("base"));
    DiskRecipe.hole(70 << 20).data(1_000_000, 3_000_000).make(path("disk"));
    bash(
        "\"$0\" --diff base disk > diff.qcow2; cp --sparse=always base copy;"
            + " qemu-img rebase -q -u -f qcow2 -b copy -F raw diff.qcow2");
    Qemu.assertIdentical(path("disk"), path("diff.qcow2"));
  }

  @Test
  void deltaCanBeWrittenAndGrown() throws Exception {
    DiskRecipe.hole(3_000_000).data(0, 2_000_000).make(path("base"));
    Path disk = DiskRecipe.hole(3_000_320).data(0, 1_500_000).make(path("disk"));
    for (String options : List.of("", "-o extended_l2=on", "-v 2", "-c 512")) {
      bash("\"$0\" $1 -B base disk > image", options);
      Qemu.io(
          path("image"),
          List.of("write -P 7 700000 5000", "read -P 7 700000 5000", "discard 1048576 1M"));
      Tool.QEMU_IMG.runWell("resize", "-q", "-f", "qcow2", path("image"), "64M");
      Qemu.io(path("image"), List.of("read -P 0 3000320 1M", "write -P 8 60M 3k"));
      Qemu.assertClean(path("image"));
    }
    assertTrue(Files.exists(disk));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "base.raw",
        "two words",
        "a,b",
        "a:b",
        "ssh:disk",
        "json:{}",
        "file:x",
        "./c:d",
        "d\u00efsque \u78c1",
        "sub/base",
        "su:b/base",
        "%s%n"
      })
  void relativeNameIsFoundBesideTheImage(String name) throws Exception {
    if (path(name).getParent() != null) {
      Files.createDirectories(path(name).getParent());
    }
    DiskRecipe.hole(300_032).data(0, 200_000).make(path(name));
    DiskRecipe.hole(300_032).data(0, 100_000).data(250_000, 1).make(path("disk"));
    bash("\"$0\" -B \"$1\" disk > image", name);
    // QEMU runs in another directory: it looks beside the image.
    Outcome compare =
        Tool.QEMU_IMG.run("compare", "-f", "raw", "-F", "qcow2", path("disk"), path("image"));
    assertEquals("Images are identical.\n", compare.out(), compare::err);
  }

  @Test
  void longestNameIsOpened() throws Exception {
    DiskRecipe.hole(CLUSTER).data(0, 100).make(path("base"));
    DiskRecipe.hole(CLUSTER).data(0, 200).make(path("disk"));
    String longest = "./".repeat(509) + "/base";
    assertEquals(1023, longest.length());
    bash("\"$0\" -c 2K -B $1 disk > image", longest);
    Qemu.assertClean(path("image"));
    Qemu.assertIdentical(path("disk"), path("image"));
    bash("\"$0\" -c 512 -B $1 disk > image", "./".repeat(185) + "./base");
    Qemu.assertIdentical(path("disk"), path("image"));
  }

  @Test
  void holesOfLargeDisksAreNotRead() throws Exception {
    DiskRecipe.hole(1L << 40).data(1L << 38, 100).data(1L << 39, 100).make(path("base"));
    DiskRecipe.hole((1L << 40) + 5).data(1L << 38, 100).data((1L << 39) + 1, 7).make(path("disk"));
    bash("timeout 30 \"$0\" -c 2M -B base disk > image");
    Qemu.assertClean(path("image"));
    assertEquals(6L << 21, Files.size(path("image")), "one cluster differs");
  }

  @Test
  @Timeout(60)
  void changeOfTheBaseMakesTheImageWorthless() throws Exception {
    DiskRecipe.hole(8_000_000).data(0, 8_000_000).make(path("disk"));
    Path base = DiskRecipe.hole(8_000_000).data(100, 100).make(path("base"));
    try (HeldProcess tool =
        HeldProcess.start(
            new ProcessBuilder(
                PackagedTool.LAUNCHER.toString(),
                "-B",
                base.toString(),
                path("disk").toString()))) {
      tool.awaitOutput();
      Files.setLastModifiedTime(base, FileTime.fromMillis(0));
      Outcome outcome = tool.finish();
      outcome.assertFailed(
          1, base + ": source changed while it was read: its time of modification was");
    }
  }

  @Test
  void baseThatWouldBeOverwrittenIsRefused() throws Exception {
    DiskRecipe.hole(CLUSTER).data(0, 100).make(path("base"));
    DiskRecipe.hole(CLUSTER).data(0, 200).make(path("disk"));
    PackagedTool.bash(directory, "\"$0\" -B base disk 1<> base")
        .assertFailed(1, "base: is standard output too, and would be overwritten");
  }

  @Test
  void baseThatMayNotBeReadIsNamed() throws IOException, InterruptedException {
    DiskRecipe.hole(CLUSTER).data(0, 200).make(path("disk"));
    PackagedTool.bash(directory, "\"$0\" -B nowhere disk")
        .assertFailedBeforeTheFirstByte(1, "nowhere: no such file or device");
    PackagedTool.bash(directory, "\"$0\" -B . disk")
        .assertFailedBeforeTheFirstByte(1, ".: is a directory");
  }
}
