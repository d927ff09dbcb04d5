package io.github.qcow2tostdout.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.testing.ImageFiles;
import io.github.qcow2tostdout.testing.Poke;
import io.github.qcow2tostdout.testing.Seeds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is done to an image, what comes of it is a dump or an {@link ImageException}. */
@Timeout(120)
class DumpDamageTest {
  private static final DumpParts ALL =
      new DumpParts(true, true, true, true, true, true, true, true, true, true, true, true);

  private static final int MAX_VALIDATED = 1 << 20;

  @TempDir Path directory;

  private record Result(String dump, long problems) {}

  /** Dumps; only an image's own errors are caught. */
  private static Result dump(Path image, boolean json) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (BoundedFile file = ImageFiles.open(image)) {
      Problems problems = new Dump(file, ALL).write(Channels.newChannel(out), json);
      return new Result(out.toString(UTF_8), problems.count());
    } catch (ImageException e) {
      return new Result("", 1);
    }
  }

  private static void dumpBoth(Path image) throws IOException {
    long problems = dump(image, false).problems();
    Result json = dump(image, true);
    // The validator takes a minute for the largest.
    if (!json.dump().isEmpty() && json.dump().length() < MAX_VALIDATED) {
      DumpSchema.check(json.dump());
      assertTrue(problems == json.problems(), "text and JSON differ");
    }
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"snapshots", "bitmaps", "extended-l2", "backing", "v2", "zlib"})
  void truncatedAtEveryByteOfTheFirstClusters(String name) throws Exception {
    Path image = new DumpImages(directory).make(name);
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.WRITE)) {
      // Behind the first bytes of a table one length is as good as another.
      for (long size = channel.size(); size >= 0; size -= step(size)) {
        channel.truncate(size);
        Result result = dump(image, (size & 1) == 0);
        if (size <= 700 && (size & 1) == 0 && !result.dump().isEmpty()) {
          DumpSchema.check(result.dump());
        }
      }
    }
  }

  private static long step(long size) {
    return size <= 700 ? 1 : size % 65536 > 130 ? Math.min(8191, size % 65536 - 130) : 1;
  }

  /** What is not in the file is nothing, rather than zero. */
  @ParameterizedTest
  @CsvSource({
    "unwritten, 8, version, 3",
    "unwritten, 50, l1_table_offset, 0x30000",
    "unwritten, 103, refcount_order, 4",
    "unwritten, 111, compression_type, 0",
    "v2, 71, nb_snapshots, 0",
  })
  void headerThatIsCutEndsWithWhatIsThere(String name, int size, String last, String value)
      throws Exception {
    Path image = new DumpImages(directory).make(name);
    Poke.truncate(image, size);
    String text = dump(image, false).dump();
    List<String> lines = text.lines().toList();
    assertTrue(
        lines.get(lines.size() - 2).matches("[0-9a-f]{16}: [+ -] " + last + " +" + value), text);
    assertEquals("", lines.getLast());
    assertTrue(lines.getFirst().endsWith("header: the file ends in it, at byte " + size), text);
    assertEquals(1, dump(image, false).problems());
    String json = dump(image, true).dump();
    DumpSchema.check(json);
    assertTrue(json.contains("\"" + last + "\""), json);
    assertFalse(json.contains("\"extensions\""), json);
  }

  @ParameterizedTest
  @ValueSource(ints = {113, 119, 120, 121, 167, 168, 200, 503})
  void extensionThatIsCutEndsWithWhatIsThere(int size) throws Exception {
    Path image = new DumpImages(directory).make("unwritten");
    Poke.truncate(image, size);
    String text = dump(image, false).dump();
    assertTrue(text.contains("header extension: the file ends in it\n"), text);
    assertEquals(
        (size - 120 + 46) / 48, text.lines().filter(l -> l.contains(" bit ")).count(), text);
    assertEquals(size >= 120, text.contains("Header extension:"), text);
  }

  @Test
  void headerTooShortHasNoExtensions() throws Exception {
    Path image = new DumpImages(directory).make("unwritten");
    Poke.hex(image, 100, "00000000");
    String text = dump(image, false).dump();
    assertTrue(text.contains("header extension: qcow2 header too short\n"), text);
    assertFalse(text.contains("Header extension:"), text);
    assertTrue(text.contains("L1 table at 0x"), text);
  }

  @Test
  void headerLengthOutOfAllBoundsLeavesTheTables() throws Exception {
    Path image = new DumpImages(directory).make("unwritten");
    Poke.hex(image, 100, "ffffffff");
    String text = dump(image, false).dump();
    assertTrue(text.contains("header extension: qcow2 header exceeds cluster size\n"), text);
    assertTrue(text.contains("L1 table at 0x"), text);
  }

  @Tag("slow")
  @Test
  void truncatedAtEveryByteWithTheSmallestClusters() throws Exception {
    Path image = new DumpImages(directory).make("cluster-512");
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.WRITE)) {
      for (long size = Math.min(channel.size(), 20_000); size >= 0; size--) {
        channel.truncate(size);
        Result result = dump(image, false);
        assertTrue(size >= 600 || size == 0 || result.problems() > 0, "cut at " + size);
      }
    }
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"snapshots", "bitmaps", "extended-l2", "backing", "v2", "data-file"})
  void everyBitOfTheHeaderFlipped(String name) throws Exception {
    Path image = new DumpImages(directory).make(name);
    byte[] start = Files.readAllBytes(image);
    for (int bit = 0; bit < 112 * 8; bit++) {
      flip(image, bit / 8, start[bit / 8] ^ 1 << bit % 8);
      dumpBoth(image);
      flip(image, bit / 8, start[bit / 8]);
    }
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(
      strings = {"snapshots", "bitmaps", "extended-l2", "cluster-512", "refcount-1", "luks"})
  void bytesOfTheMetadataChangedAtRandom(String name) throws Exception {
    Path image = new DumpImages(directory).make(name);
    byte[] bytes = Files.readAllBytes(image);
    List<Location> metadata = metadata(image);
    long seed = Seeds.seed();
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      Location location = metadata.get(random.nextInt(metadata.size()));
      int at = (int) (location.offset() + random.nextLong(Math.min(location.size(), 128)));
      if (at < bytes.length) {
        flip(
            image,
            at,
            random.nextBoolean() ? random.nextInt() : bytes[at] ^ 1 << random.nextInt(8));
      }
      try {
        dumpBoth(image);
      } catch (RuntimeException | IOException | AssertionError e) {
        throw new AssertionError("-Dseed=" + seed + ", round " + round, e);
      }
      if (at < bytes.length && random.nextInt(4) > 0) {
        flip(image, at, bytes[at]);
      }
    }
  }

  private static List<Location> metadata(Path image) throws IOException {
    return dump(image, false)
        .dump()
        .lines()
        .dropWhile(line -> !line.equals("Locations:"))
        .skip(1)
        .filter(line -> !line.isEmpty())
        .map(line -> line.split(" +"))
        .map(fields ->
            new Location(
                Long.parseUnsignedLong(fields[0].substring(0, 16), 16),
                Long.parseLong(fields[2]),
                fields[3]))
        .toList();
  }

  private static void flip(Path image, long offset, int value) throws IOException {
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {(byte) value}), offset);
    }
  }
}
