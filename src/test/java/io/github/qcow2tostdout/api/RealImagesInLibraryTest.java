package io.github.qcow2tostdout.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.RealImages;
import io.github.qcow2tostdout.testing.Seeds;
import io.github.qcow2tostdout.testing.Tool;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Images as QEMU makes them, read by the library: the disk, snapshots and verdict are QEMU's. */
@Tag("slow")
class RealImagesInLibraryTest {
  @TempDir Path directory;

  /** Those whose disk is not too large to be compared. */
  static List<RealImages.Recipe> recipes() {
    return RealImages.all().stream().filter(it -> !it.name().equals("large")).toList();
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void anImageIsWhatQemuSays(RealImages.Recipe recipe) throws Exception {
    Path path = RealImages.make(recipe, directory);
    Qcow2Image image = Qcow2Image.open(path, ImageOption.FOLLOW);
    byte[] disk = raw(path);
    assertEquals(disk.length, image.metadata().virtualSize());
    assertReadsAnywhere(image.disk(), disk);
    for (SnapshotInfo snapshot : image.snapshots()) {
      assertFalse(snapshot.taken().toString().isEmpty());
      byte[] then = raw(path, "-l", "snapshot.name=" + snapshot.name());
      assertReadsAnywhere(image.disk(snapshot.name()), then);
      assertReadsAnywhere(image.disk(snapshot.id()), then);
    }
    assertEquals(recipe.name().equals("bitmaps") ? 2 : 0, image.bitmaps().size());
    Outcome check = Tool.QEMU_IMG.run("check", "-f", "qcow2", "-U", "--output=json", path);
    CheckOutcome outcome = image.check();
    assertEquals(number("corruptions", check), outcome.corruptions());
    assertEquals(number("leaks", check), outcome.leaks());
    assertEquals(number("image-end-offset", check), outcome.imageEndOffset());
    assertEquals(number("allocated-clusters", check), outcome.allocatedClusters());
    assertEquals(number("compressed-clusters", check), outcome.compressedClusters());
    assertAllFindingsAreSaid(path, outcome);
  }

  private static void assertAllFindingsAreSaid(Path path, CheckOutcome outcome) {
    int code = outcome.corruptions() > 0 ? 2 : outcome.leaks() > 0 ? 3 : 0;
    String report =
        new String(Program.outputOf(code, "check", "--output=json", path.toString()), UTF_8);
    Matcher kinds = Pattern.compile("\"id\": \"([a-z0-9-]+)\"").matcher(report);
    assertEquals(
        kinds.results().map(it -> it.group(1)).toList(),
        outcome.findings().stream().map(ImageFinding::kind).toList());
  }

  private static long number(String key, Outcome check) {
    Matcher found = Pattern.compile('"' + key + "\": (\\d+)").matcher(check.out());
    return found.find() ? Long.parseLong(found.group(1)) : 0;
  }

  private byte[] raw(Path image, Object... options) throws Exception {
    Path raw = directory.resolve("disk.raw");
    Object[] command =
        Arrays.copyOf(new Object[] {"convert", "-U", "-O", "raw"}, 6 + options.length);
    System.arraycopy(options, 0, command, 4, options.length);
    command[4 + options.length] = image;
    command[5 + options.length] = raw;
    Tool.QEMU_IMG.runWell(command);
    return Files.readAllBytes(raw);
  }

  private static void assertReadsAnywhere(Disk disk, byte[] expected) throws Exception {
    Random random = Seeds.random(RealImagesInLibraryTest.class);
    try (SeekableByteChannel channel = disk.channel()) {
      assertEquals(expected.length, channel.size());
      for (int i = 0; i < 50 && expected.length > 0; i++) {
        int at = random.nextInt(expected.length);
        int length = 1 + random.nextInt(Math.min(200_000, expected.length - at));
        ByteBuffer part = ByteBuffer.allocate(length);
        channel.position(at);
        while (part.hasRemaining() && channel.read(part) >= 0) {}
        assertArrayEquals(Arrays.copyOfRange(expected, at, at + length), part.array());
      }
      assertDataIsWhereItSays(disk, expected);
    }
  }

  private static void assertDataIsWhereItSays(Disk disk, byte[] expected) throws Exception {
    for (long hole = 0; hole < expected.length; ) {
      long data = disk.nextData(hole);
      for (long at = hole; at < data; at++) {
        assertEquals(0, expected[(int) at]);
      }
      hole = data < expected.length ? disk.nextHole(data) : data;
    }
  }
}
