package io.github.qcow2tostdout.convert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qcow2tostdout.plan.ImageOptions;
import io.github.qcow2tostdout.plan.Region;
import io.github.qcow2tostdout.scan.ScanOptions;
import io.github.qcow2tostdout.testing.Seeds;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Any range of an image is the same slice of the stream. */
class ImageRendererTest {
  private static void assertRange(Conversion conversion, byte[] image, long from, long to)
      throws IOException {
    byte[] range = Images.range(conversion, from, to);
    // assertArrayEquals is slow where there are many.
    if (!Arrays.equals(image, (int) from, (int) to, range, 0, range.length)) {
      assertArrayEquals(Arrays.copyOfRange(image, (int) from, (int) to), range, from + " to " + to);
    }
  }

  /** A disk with a partial last cluster, and its image from the model. */
  private static byte[] tinyDisk() {
    byte[] disk = new byte[66 * 512 + 100];
    Arrays.fill(disk, 3 * 512, 4 * 512, (byte) 3);
    Arrays.fill(disk, 66 * 512, disk.length, (byte) 4);
    return disk;
  }

  @Tag("slow")
  @Test
  void everyRangeOfAFewBytesIsTheSlice() throws IOException {
    byte[] image = new ModelImage(9, 4, 3, false, "", false).of(tinyDisk());
    Conversion conversion =
        Conversion.prepare(
            MemorySource.of(tinyDisk()), Images.options(9, 4), ScanOptions.TEST_ALL, Progress.NONE);
    assertEquals(image.length, conversion.plan().imageSize());
    for (int from = 0; from <= image.length; from++) {
      for (int length : new int[] {0, 1, 3, 7, 8, 9, 17}) {
        assertRange(conversion, image, from, Math.min(image.length, from + length));
      }
    }
  }

  @Tag("slow")
  @Test
  void everyRangeFromOrToAPlaceNearABorderIsTheSlice() throws IOException {
    byte[] image = new ModelImage(9, 1, 3, false, "", false).of(tinyDisk());
    Conversion conversion =
        Conversion.prepare(
            MemorySource.of(tinyDisk()), Images.options(9, 1), ScanOptions.TEST_ALL, Progress.NONE);
    for (int border = 0; border <= image.length; border += 512) {
      for (int near : new int[] {-1, 0, 1, 12}) {
        int at = border + near;
        if (at < 0 || at > image.length) {
          continue;
        }
        // Steps of 7: the other end is at each place inside entries too.
        for (int other = 0; other <= image.length; other += 7) {
          assertRange(conversion, image, Math.min(at, other), Math.max(at, other));
        }
      }
    }
  }

  @Tag("slow")
  @ParameterizedTest
  @CsvSource({"9, 0, 700000", "9, 6, 700000", "12, 4, 3000000", "16, 2, 9000000"})
  void randomRangesOfLargerImagesAreTheSlices(int clusterBits, int order, int size)
      throws IOException {
    Random random = Seeds.random(ImageRendererTest.class);
    byte[] disk = new byte[size + random.nextInt(1 << clusterBits)];
    for (int at = random.nextInt(9000); at < disk.length; at += random.nextInt(9000)) {
      disk[at] = (byte) (1 + random.nextInt(255));
      at += random.nextInt(3) == 0 ? 40_000 : 0;
    }
    byte[] image = new ModelImage(clusterBits, order, 3, true, "", false).of(disk);
    Conversion conversion =
        Conversion.prepare(
            MemorySource.of(disk),
            new ImageOptions(
                Images.options(clusterBits, order).geometry(), 3, true, Optional.empty()),
            ScanOptions.TEST_ALL,
            Progress.NONE);
    assertArrayEquals(image, Images.range(conversion, 0, image.length));
    List<Integer> places = new ArrayList<>();
    for (Region region : conversion.plan().regions()) {
      for (int near = -9; near <= 9; near++) {
        places.add(Math.clamp(region.to() + near, 0, image.length));
      }
    }
    for (int i = 0; i < 300; i++) {
      int a = random.nextBoolean() ? random.nextInt(image.length) : pick(random, places);
      int b = random.nextBoolean() ? random.nextInt(image.length) : pick(random, places);
      assertRange(conversion, image, Math.min(a, b), Math.max(a, b));
      assertRange(conversion, image, a, Math.min(image.length, a + random.nextInt(5000)));
    }
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "zeroes",
        "delta",
        "extended",
        "extended zeroes",
        "extended delta",
        "extended map"
      })
  void randomRangesOfAnyShapeAreTheSlices(String shape) throws IOException {
    Random random = Seeds.random(ImageRendererTest.class);
    boolean extended = shape.startsWith("extended");
    for (int round = 0; round < 3; round++) {
      ModelImage model =
          new ModelImage(extended ? 14 : 9 + random.nextInt(4), 4, 3, false, "", false);
      model.extended = extended;
      byte[] disk = new byte[(extended ? 5_000_000 : 700_000) + random.nextInt(3) * 4097];
      byte[] base = new byte[disk.length - 5000];
      for (int at = 0; at < base.length; at += 1 + random.nextInt(20_000)) {
        Arrays.fill(disk, at, Math.min(disk.length, at + random.nextInt(5_000)), (byte) 1);
        at += random.nextInt(2) * random.nextInt(100_000);
        base[Math.min(at, base.length - 1)] = 2;
      }
      MemorySource source = MemorySource.of(disk);
      ScanOptions scan = ScanOptions.TEST_ALL;
      if (shape.endsWith("zeroes")) {
        model.zeroExtents = new long[] {512, disk.length / 2, disk.length - 300_000, disk.length};
        source.extents(model.zeroExtents);
        Arrays.fill(disk, 0, 512, (byte) 0);
        Arrays.fill(disk, disk.length / 2, disk.length - 300_000, (byte) 0);
        source.put(0, disk);
        scan = Images.keepZeroes();
      } else if (shape.endsWith("delta")) {
        model.base = base;
        scan = Images.compareWith(MemorySource.of(base));
      } else if (shape.endsWith("map")) {
        scan = new ScanOptions(true);
      }
      Conversion conversion =
          Conversion.prepare(source, Images.options(model), scan, Progress.NONE);
      byte[] image = Images.range(conversion, 0, conversion.plan().imageSize());
      if (!shape.endsWith("map")) {
        assertArrayEquals(model.of(disk), image);
      }
      for (int i = 0; i < 20; i++) {
        int a = random.nextInt(image.length);
        int b = random.nextInt(image.length);
        assertRange(conversion, image, Math.min(a, b), Math.max(a, b));
        assertRange(conversion, image, a, Math.min(image.length, a + random.nextInt(5000)));
      }
      for (Region region : conversion.plan().regions()) {
        for (int near = -17; near <= 33; near += 1 + random.nextInt(4)) {
          int at = Math.clamp(region.from() + near, 0, image.length);
          assertRange(conversion, image, at, Math.min(image.length, at + 19));
          assertRange(conversion, image, Math.max(0, at - 19), at);
        }
      }
    }
  }

  private static int pick(Random random, List<Integer> places) {
    return places.get(random.nextInt(places.size()));
  }

  @Test
  void partsPutTogetherAreTheImage() throws IOException {
    Random random = Seeds.random(ImageRendererTest.class);
    byte[] disk = new byte[300_000];
    for (int i = 0; i < 50; i++) {
      disk[random.nextInt(disk.length)] = 1;
    }
    byte[] image = new ModelImage(10, 5, 3, false, "", false).of(disk);
    for (int round = 0; round < 50; round++) {
      ByteBuffer parts = ByteBuffer.allocate(image.length);
      while (parts.hasRemaining()) {
        // Each part from a process of its own, as uploads in parallel have it.
        Conversion conversion =
            Conversion.prepare(
                MemorySource.of(disk), Images.options(10, 5), ScanOptions.TEST_ALL, Progress.NONE);
        int to = Math.min(image.length, parts.position() + 1 + random.nextInt(40_000));
        parts.put(Images.range(conversion, parts.position(), to));
      }
      assertArrayEquals(image, parts.array());
    }
  }

  @Test
  void tablesLargerThanTheBufferAreTheModels() throws IOException {
    // 512-byte clusters, each L2 table with one: more than 256 KiB of L2 tables, in runs and alone.
    byte[] disk = new byte[900 * 64 * 512];
    for (int table = 0; table < 900; table++) {
      if (table % 7 != 3) {
        disk[(table * 64 + table % 64) * 512 + 5] = 1;
      }
    }
    byte[] image = new ModelImage(9, 4, 3, false, "", false).of(disk);
    Conversion conversion =
        Conversion.prepare(
            MemorySource.of(disk), Images.options(9, 4), ScanOptions.TEST_ALL, Progress.NONE);
    assertArrayEquals(image, Images.range(conversion, 0, image.length));
    Region tables = conversion.plan().region(Region.Kind.L2_TABLES);
    for (long from = tables.from() - 3; from < tables.to(); from += 12_345) {
      assertRange(conversion, image, from, tables.to() + 5);
      assertRange(conversion, image, tables.from() - 5, Math.min(tables.to(), from + 262_147));
    }
  }
}
