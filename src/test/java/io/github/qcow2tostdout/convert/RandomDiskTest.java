package io.github.qcow2tostdout.convert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qcow2tostdout.scan.ScanOptions;
import io.github.qcow2tostdout.source.DataExtents;
import io.github.qcow2tostdout.source.Residency;
import io.github.qcow2tostdout.testing.Seeds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RandomDiskTest {
  private static ModelImage randomModel(Random random) {
    // Small clusters reach every border in a small disk.
    int clusterBits = random.nextInt(4) > 0 ? random.nextInt(9, 12) : random.nextInt(12, 17);
    boolean version2 = random.nextInt(5) == 0;
    boolean external = !version2 && random.nextInt(4) == 0;
    ModelImage model =
        new ModelImage(
            clusterBits,
            version2 ? 4 : random.nextInt(7),
            version2 ? 2 : 3,
            !version2 && random.nextBoolean(),
            external ? "n".repeat(random.nextInt(1, 200)) : "",
            external && random.nextInt(3) == 0);
    model.extended = !version2 && clusterBits >= 14 && random.nextInt(3) > 0;
    if (!model.raw && random.nextInt(4) == 0) {
      model.backingName = "b".repeat(random.nextInt(1, 120));
      model.backingFormat = random.nextBoolean() ? "raw" : "qcow2";
    }
    return model;
  }

  /** A disk with some bytes, ranges and perhaps its end changed. */
  private static byte[] randomBase(Random random, byte[] disk, int clusterBits) {
    int clusterSize = 1 << clusterBits;
    byte[] base =
        switch (random.nextInt(4)) {
          case 0 -> Arrays.copyOf(disk, random.nextInt(disk.length + 1));
          case 1 -> Arrays.copyOf(disk, disk.length + random.nextInt(3 * clusterSize));
          default -> disk.clone();
        };
    for (int changes = base.length == 0 ? 0 : random.nextInt(20); changes > 0; changes--) {
      int from = random.nextInt(base.length);
      int to = Math.min(base.length, from + 1 + random.nextInt(2 * clusterSize));
      switch (random.nextInt(3)) {
        case 0 -> Arrays.fill(base, from, to, (byte) 0);
        case 1 -> Arrays.fill(base, from, to, (byte) random.nextInt());
        default -> base[from] = (byte) random.nextInt();
      }
    }
    return base;
  }

  /** Extents that leave out some of the zeroes of a disk. */
  private static long[] randomExtents(Random random, byte[] disk) {
    List<Long> bounds = new ArrayList<>();
    int at = 0;
    while (at < disk.length) {
      int from = at;
      while (at < disk.length && disk[at] == 0) {
        at++;
      }
      // A hole leaves a little of the zeroes to the extents beside it, or is not one.
      int hole = at - from;
      if (hole > 0 && random.nextInt(4) > 0) {
        int holeFrom = from + random.nextInt(hole) / (1 + random.nextInt(9));
        int holeTo = at - random.nextInt(at - holeFrom) / (1 + random.nextInt(9));
        bounds.add((long) holeFrom);
        bounds.add((long) holeTo);
      }
      while (at < disk.length && disk[at] != 0) {
        at++;
      }
    }
    // What was collected are the holes: their bounds are those of the extents but for the ends.
    bounds.addFirst(0L);
    bounds.add((long) disk.length);
    for (int i = bounds.size() - 2; i >= 0; i -= 2) {
      if (bounds.get(i).equals(bounds.get(i + 1))) {
        bounds.subList(i, i + 2).clear();
      }
    }
    return bounds.stream().mapToLong(Long::longValue).toArray();
  }

  /** Extents of data and zeroes between holes; the bounds go to the list. */
  private static byte[] randomDisk(Random random, int clusterBits, List<Long> bounds) {
    int clusterSize = 1 << clusterBits;
    int clusters = random.nextInt(1 << random.nextInt(1, 9));
    int size =
        clusters * clusterSize
            + switch (random.nextInt(4)) {
              case 0 -> random.nextInt(clusterSize);
              case 1 -> 1;
              case 2 -> clusterSize - 1;
              default -> 0;
            };
    byte[] disk = new byte[size];
    int longest = clusterSize * random.nextInt(1, 12);
    int at = random.nextInt(2 * longest);
    while (at < size) {
      int end = Math.min(size, at + 1 + random.nextInt(longest));
      bounds.add((long) at);
      bounds.add((long) end);
      if (random.nextInt(4) > 0) {
        for (int i = at; i < end; i += 1 + random.nextInt(clusterSize)) {
          disk[i] = (byte) random.nextInt();
        }
      }
      at = end + 1 + random.nextInt(2 * longest);
    }
    return disk;
  }

  private static void assertImage(ModelImage model, byte[] disk, MemorySource source)
      throws IOException {
    assertImage(model, disk, source, ScanOptions.TEST_ALL);
  }

  private static void assertImage(
      ModelImage model, byte[] disk, MemorySource source, ScanOptions scan) throws IOException {
    byte[] image = Images.image(source, Images.options(model), scan);
    byte[] expected = model.of(disk);
    if (!Arrays.equals(expected, image)) {
      // Slow, and says where.
      assertArrayEquals(expected, image);
    }
    byte[] padded = Arrays.copyOf(disk, (disk.length + 511) & -512);
    byte[] backing = model.base == null ? new byte[0] : model.base;
    assertArrayEquals(padded, ModelReader.disk(image, padded, backing));
  }

  private static MemorySource withResidency(byte[] disk, Residency residency) {
    MemorySource source =
        new MemorySource(disk.length) {
          @Override
          public Residency residency(DataExtents extents) {
            return residency;
          }
        };
    return source.put(0, disk);
  }

  private static Residency randomResidency(Random random) {
    return new Residency(random.nextInt(10), random.nextInt(10), random.nextInt(20));
  }

  @Tag("slow")
  @Test
  void deltasOfRandomDisksAreTheModelsAndReadBackOverTheirBases() throws IOException {
    Random random = Seeds.random(RandomDiskTest.class);
    for (int round = 0; round < 600; round++) {
      ModelImage model = randomModel(random);
      if (model.raw) {
        continue;
      }
      byte[] disk = randomDisk(random, model.clusterBits, new ArrayList<>());
      model.base = randomBase(random, disk, model.clusterBits);
      MemorySource source = withResidency(disk, randomResidency(random));
      MemorySource base = withResidency(model.base, randomResidency(random));
      if (random.nextInt(3) > 0) {
        source.extents(randomExtents(random, disk));
        base.extents(randomExtents(random, model.base));
      }
      assertImage(model, disk, source, Images.compareWith(base));
    }
  }

  @Tag("slow")
  @Test
  void zeroesOfRandomDisksAreKeptWhereTheModelKeepsThem() throws IOException {
    Random random = Seeds.random(RandomDiskTest.class);
    for (int round = 0; round < 400; round++) {
      ModelImage model = randomModel(random);
      if (model.raw || model.version == 2) {
        continue;
      }
      byte[] disk = randomDisk(random, model.clusterBits, new ArrayList<>());
      MemorySource source = withResidency(disk, randomResidency(random));
      model.zeroExtents = disk.length == 0 ? new long[0] : new long[] {0, disk.length};
      if (random.nextInt(3) > 0) {
        model.zeroExtents = randomExtents(random, disk);
        source.extents(model.zeroExtents);
      }
      assertImage(model, disk, source, Images.keepZeroes());
    }
  }

  @Tag("slow")
  @Test
  void imagesOfRandomDisksAreTheModelsAndReadBack() throws IOException {
    Random random = Seeds.random(RandomDiskTest.class);
    for (int round = 0; round < 600; round++) {
      ModelImage model = randomModel(random);
      List<Long> bounds = new ArrayList<>();
      byte[] disk = randomDisk(random, model.clusterBits, bounds);
      MemorySource source = withResidency(disk, randomResidency(random));
      if (random.nextInt(3) > 0) {
        source.extents(bounds.stream().mapToLong(Long::longValue).toArray());
      }
      assertImage(model, disk, source);
    }
  }

  @Test
  void sameInputTwiceGivesTheSameBytesInAnyStrategyAndWithAnyExtents() throws IOException {
    Random random = Seeds.random(RandomDiskTest.class);
    for (int round = 0; round < 50; round++) {
      ModelImage model = randomModel(random);
      List<Long> bounds = new ArrayList<>();
      byte[] disk = randomDisk(random, model.clusterBits, bounds);
      byte[] first = Images.image(MemorySource.of(disk), Images.options(model));
      for (Residency residency :
          List.of(Residency.ALL_CACHED, new Residency(10, 0, 100), new Residency(10, 0, 0))) {
        MemorySource source = withResidency(disk, residency);
        assertArrayEquals(first, Images.image(source, Images.options(model)));
        source.extents(bounds.stream().mapToLong(Long::longValue).toArray());
        assertArrayEquals(first, Images.image(source, Images.options(model)));
      }
    }
  }

  @Tag("slow")
  @ParameterizedTest
  @CsvSource({
    "0", "1", "511", "512", "513", "1023", "1024", "1025", "32767", "32768", "32769", "33279",
    "33280", "2097151", "2097152", "2097153"
  })
  void boundarySizesAreTheModelsAtEveryRefcountWidth(int size) throws IOException {
    byte[] full = new byte[size];
    Arrays.fill(full, (byte) 7);
    byte[] last = new byte[size];
    if (size > 0) {
      last[size - 1] = 1;
    }
    for (int order = 0; order <= 6; order++) {
      ModelImage model = new ModelImage(9, order, 3, false, "", false);
      assertImage(model, full, MemorySource.of(full));
      assertImage(model, last, MemorySource.of(last));
      assertImage(model, new byte[size], new MemorySource(size));
    }
  }

  @ParameterizedTest
  @CsvSource({"9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20", "21"})
  void everyClusterSizeIsTheModelsAroundItsBorders(int clusterBits) throws IOException {
    int clusterSize = 1 << clusterBits;
    ModelImage model = new ModelImage(clusterBits, 4, 3, true, "", false);
    for (int size : new int[] {clusterSize - 1, clusterSize, clusterSize + 1, 3 * clusterSize}) {
      byte[] disk = new byte[size];
      disk[0] = 1;
      disk[size - 1] = 1;
      assertImage(model, disk, MemorySource.of(disk));
    }
  }

  @Test
  void readerFindsAWrongRefcountAndAMissingFlag() {
    // The model itself must be able to fail.
    byte[] disk = new byte[1024];
    disk[0] = 1;
    byte[] image = new ModelImage(9, 4, 3, false, "", false).of(disk);
    assertArrayEquals(disk, ModelReader.disk(image, new byte[0]));
    assertFails(image, 1024 + 1, 2);
    assertFails(image, 1024 + 1, 0);
    assertFails(image, 1024 + 13, 1);
    assertFails(image, 1536, 0);
    assertFails(image, 2048, 0);
    assertFails(image, 2048 + 8, 0x80);
  }

  private static void assertFails(byte[] image, int at, int value) {
    byte[] broken = image.clone();
    broken[at] = (byte) value;
    assertThrows(
        AssertionError.class,
        () -> ModelReader.disk(broken, new byte[0]),
        () -> "byte " + at + " = " + value);
  }
}
