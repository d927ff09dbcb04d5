package io.github.qcow2tostdout.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.DiskRecipe;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import io.github.qcow2tostdout.testing.Qemu;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Disks of sizes that only a memory file system holds, in little memory. */
class LargeIT {
  private static final long PIB = 1L << 50;
  private static final long MAX_PEAK_KIB = 160 << 10;

  /** A pipe holds this much at most, so a tool with more to write can't have ended. */
  private static final long HELD_BACK = 2 << 20;

  private Path directory;

  @BeforeEach
  void makeDirectory() throws IOException {
    // On ext4 a file ends at 16 TiB.
    Path memory = Path.of("/dev/shm");
    if (!Files.isWritable(memory)) {
      Tool.missing("a memory file system at " + memory);
    }
    directory = Files.createTempDirectory(memory, "large");
  }

  @AfterEach
  void removeDirectory() throws IOException {
    for (String name : List.of("disk", "image")) {
      Files.deleteIfExists(directory.resolve(name));
    }
    Files.delete(directory);
  }

  /** Spots in the first and the last cluster, over a border of L2 tables and in between. */
  private Path makePebibyte() throws IOException {
    return DiskRecipe.hole(PIB)
        .data(0, 512)
        .data((512L << 20) - 512, 1024)
        .data(1L << 45, 200_000)
        .data(PIB - 512, 512)
        .make(directory.resolve("disk"));
  }

  @Test
  void pebibyteIsConverted() throws Exception {
    Tool.QEMU_IO.path();
    makePebibyte();
    Path image = directory.resolve("image");
    assertEquals(new Outcome(0, "", ""), PackagedTool.bash(directory, "\"$0\" disk > image"));
    assertEquals(Files.size(image), Qemu.assertClean(image));
    // QEMU would take a minute to compare all. What is allocated is known, and read.
    String check = Tool.QEMU_IMG.runWell("check", "-f", "qcow2", "--output=json", image);
    assertTrue(check.contains("\"allocated-clusters\": 8,"), check);
    Qemu.io(
        image,
        List.of(
            "read -P 0 512 65024",
            "read -P 0 %d 4096".formatted((512L << 20) - 4608),
            "read -P 0 %d 4096".formatted((512L << 20) + 512),
            "read -P 0 %d 65536".formatted(PIB / 2),
            "read -P 0 %d 65024".formatted(PIB - 65536)));
    assertHolds(image, 0, 512);
    assertHolds(image, (512L << 20) - 512, 1024);
    assertHolds(image, 1L << 45, 4096);
    assertHolds(image, PIB - 512, 512);
  }

  private static void assertHolds(Path image, long offset, int length) throws Exception {
    byte[] expected = new byte[length];
    for (int i = 0; i < length; i++) {
      expected[i] = DiskRecipe.dataAt(offset + i);
    }
    String dump =
        Tool.QEMU_IO.runWell("-f", "qcow2", "-c", "read -v %d %d".formatted(offset, length), image);
    assertEquals(hex(expected), dumped(dump));
  }

  private static String hex(byte[] bytes) {
    StringBuilder hex = new StringBuilder();
    for (byte b : bytes) {
      hex.append("%02x".formatted(b));
    }
    return hex.toString();
  }

  /** Of lines as {@code 00000000: 01 02 … text} the bytes. */
  private static String dumped(String dump) {
    StringBuilder hex = new StringBuilder();
    dump.lines()
        .filter(line -> line.matches("[0-9a-f]{8,}:  .*"))
        .map(line -> line.substring(line.indexOf(':') + 3))
        .forEach(line -> hex.append(line.substring(0, 47).replace(" ", "")));
    return hex.toString();
  }

  @Test
  void pebibyteIsMeasuredExactly() throws Exception {
    makePebibyte();
    Outcome outcome =
        PackagedTool.bash(
            directory,
            "\"$0\" measure disk | head -n 1; \"$0\" disk | wc -c | sed 's/^/required size: /'");
    assertEquals(0, outcome.code(), outcome::err);
    List<String> lines = outcome.out().lines().toList();
    assertEquals(2, lines.size(), outcome::toString);
    assertEquals(lines.get(0), lines.get(1));
  }

  @Test
  void pebibyteTakesLittleMemory() throws Exception {
    assertLittleMemory(makePebibyte());
  }

  @Test
  void scatteredSmallClustersTakeLittleMemory() throws Exception {
    // Every other cluster of half a gigabyte: no runs of neighbours to keep in short.
    Path disk = DiskRecipe.hole(512L << 20).dataEvery(1024).make(directory.resolve("disk"));
    assertLittleMemory(disk, "-c", "512");
  }

  @Test
  void muchDataTakesLittleMemory() throws Exception {
    Path disk = DiskRecipe.hole(1L << 30).dataEvery(4096).make(directory.resolve("disk"));
    assertLittleMemory(disk);
  }

  /** Holds the tool, by not reading, when its plan stands and shortly before its end. */
  private static void assertLittleMemory(Path disk, String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of(PackagedTool.LAUNCHER.toString()));
    command.addAll(Arrays.asList(options));
    command.add(disk.toString());
    List<String> measure = new ArrayList<>(command);
    measure.add(1, "measure");
    String report = Outcome.of(new ProcessBuilder(measure)).out();
    long size = Long.parseLong(report.lines().findFirst().orElse("").replaceAll("[^0-9]", ""));

    Process tool =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (InputStream image = tool.getInputStream()) {
      image.skipNBytes(1);
      assertPeak(tool);
      image.skipNBytes(size - HELD_BACK - 1);
      assertPeak(tool);
      image.skipNBytes(HELD_BACK);
      assertEquals(-1, image.read());
      assertEquals(0, tool.waitFor());
    } finally {
      tool.destroyForcibly();
    }
  }

  private static void assertPeak(Process tool) throws IOException {
    // The launcher has become the VM: it is the same process.
    String peak =
        Files.readAllLines(Path.of("/proc", Long.toString(tool.pid()), "status")).stream()
            .filter(line -> line.startsWith("VmHWM:"))
            .findFirst()
            .orElseThrow();
    long kib = Long.parseLong(peak.replaceAll("[^0-9]", ""));
    assertTrue(kib > 10_000 && kib <= MAX_PEAK_KIB, () -> "VmHWM is " + kib + " KiB");
  }
}
