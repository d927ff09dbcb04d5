package io.github.qcow2tostdout.convert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.source.DataExtents;
import io.github.qcow2tostdout.source.Residency;
import io.github.qcow2tostdout.testing.Seeds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RandomDiskTest {
  private static ImageOptions options(ModelImage model) {
    return new ImageOptions(
        new Geometry(model.clusterBits, model.refcountOrder),
        model.version,
        model.lazy,
        model.dataFile.isEmpty()
            ? Optional.empty()
            : Optional.of(new ImageOptions.DataFile(model.dataFile, model.raw)));
  }

  private static ModelImage randomModel(Random random) {
    // Small clusters reach every border in a small disk.
    int clusterBits = random.nextInt(4) > 0 ? random.nextInt(9, 12) : random.nextInt(12, 17);
    boolean version2 = random.nextInt(5) == 0;
    boolean external = !version2 && random.nextInt(4) == 0;
    return new ModelImage(
        clusterBits,
        version2 ? 4 : random.nextInt(7),
        version2 ? 2 : 3,
        !version2 && random.nextBoolean(),
        external ? "n".repeat(random.nextInt(1, 385)) : "",
        external && random.nextBoolean());
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
    byte[] image = Images.image(source, options(model));
    byte[] expected = model.of(disk);
    assertArrayEquals(expected, image);
    byte[] padded = Arrays.copyOf(disk, (disk.length + 511) & -512);
    assertArrayEquals(padded, ModelReader.disk(image, padded));
  }

  @Test
  void imagesOfRandomDisksAreTheModelsAndReadBack() throws IOException {
    Random random = Seeds.random(RandomDiskTest.class);
    for (int round = 0; round < 600; round++) {
      ModelImage model = randomModel(random);
      List<Long> bounds = new ArrayList<>();
      byte[] disk = randomDisk(random, model.clusterBits, bounds);
      MemorySource source =
          new MemorySource(disk.length) {
            private final Residency residency =
                new Residency(random.nextInt(10), random.nextInt(10), random.nextInt(20));

            @Override
            public Residency residency(DataExtents extents) {
              return residency;
            }
          };
      source.put(0, disk);
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
      byte[] first = Images.image(MemorySource.of(disk), options(model));
      for (Residency residency :
          List.of(Residency.ALL_CACHED, new Residency(10, 0, 100), new Residency(10, 0, 0))) {
        MemorySource source =
            new MemorySource(disk.length) {
              @Override
              public Residency residency(DataExtents extents) {
                return residency;
              }
            };
        source.put(0, disk);
        assertArrayEquals(first, Images.image(source, options(model)));
        source.extents(bounds.stream().mapToLong(Long::longValue).toArray());
        assertArrayEquals(first, Images.image(source, options(model)));
      }
    }
  }

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
