package io.github.qcow2tostdout.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.codec.Digest;
import io.github.qcow2tostdout.codec.DigestAlgorithm;
import io.github.qcow2tostdout.codec.DigestValue;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.plan.ImageOptions;
import io.github.qcow2tostdout.scan.ScanOptions;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentDigestTest {
  private static final List<DigestAlgorithm> ALL = List.of(DigestAlgorithm.values());

  private static List<String> of(byte[] disk) {
    List<String> values = new ArrayList<>();
    for (DigestAlgorithm algorithm : ALL) {
      Digest digest = algorithm.digest();
      digest.update(ByteBuffer.wrap(disk));
      values.add(digest.hex());
    }
    return values;
  }

  private static List<String> written(Conversion conversion, long from, long to)
      throws IOException {
    try (ContentDigest content = conversion.contentDigest(ALL)) {
      conversion.write(
          new SequentialOutput(new BytesChannel(), from, to, Progress.NONE),
          Frame.NONE,
          Optional.of(content));
      return content.values().stream().map(DigestValue::hex).toList();
    }
  }

  private static List<String> written(MemorySource source, ImageOptions options, ScanOptions scan)
      throws IOException {
    Conversion conversion = Conversion.prepare(source, options, scan, Progress.NONE);
    return written(conversion, 0, conversion.imageSize());
  }

  private static byte[] disk(int size, int seed) {
    Random random = new Random(seed);
    byte[] disk = new byte[size];
    for (int at = 0; at < size; ) {
      int count = Math.min(size - at, 1 + random.nextInt(3000));
      if (random.nextInt(3) == 0) {
        byte[] data = new byte[count];
        random.nextBytes(data);
        System.arraycopy(data, 0, disk, at, count);
      }
      at += count;
    }
    return disk;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 511, 512, 513, 65_535, 65_536, 65_537, 262_144, 1_000_001})
  void itIsThatOfTheRawDiskWhateverTheClusters(int size) throws IOException {
    byte[] disk = disk(size, size);
    for (int clusterBits : new int[] {9, 16, 21}) {
      MemorySource source = MemorySource.of(disk);
      assertEquals(of(disk), written(source, Images.options(clusterBits, 4), ScanOptions.TEST_ALL));
    }
  }

  @Test
  void partsOfTheImageHaveAllOfTheDisk() throws IOException {
    byte[] disk = disk(300_000, 3);
    Conversion conversion =
        Conversion.prepare(
            MemorySource.of(disk), Images.options(12, 4), ScanOptions.TEST_ALL, Progress.NONE);
    long size = conversion.imageSize();
    for (long[] range : new long[][] {{0, 0}, {0, 100}, {size / 2, size}, {size, size}}) {
      assertEquals(of(disk), written(conversion, range[0], range[1]));
    }
  }

  @Test
  void whatADeltaLeavesOutCountsToo() throws IOException {
    byte[] base = disk(300_000, 4);
    byte[] disk = base.clone();
    Arrays.fill(disk, 70_000, 90_000, (byte) 0);
    disk[200_000] = 1;
    MemorySource source = MemorySource.of(disk);
    ScanOptions scan = Images.compareWith(MemorySource.of(base));
    assertEquals(of(disk), written(source, Images.options(12, 4), scan));
    assertEquals(of(disk), written(source, Images.extended(14, 4), scan));
  }

  @Test
  void zeroesThatAreKeptAreZeroes() throws IOException {
    byte[] disk = disk(300_000, 5);
    assertEquals(
        of(disk), written(MemorySource.of(disk), Images.options(12, 4), Images.keepZeroes()));
  }

  @Test
  void theDataMayBeInAnotherFile() throws IOException {
    byte[] disk = disk(300_000, 6);
    for (boolean raw : new boolean[] {false, true}) {
      assertEquals(
          of(disk),
          written(
              MemorySource.of(disk), Images.external(12, 4, "data", raw), ScanOptions.TEST_ALL));
    }
  }

  @Test
  void holesAreNotRead() throws IOException {
    long size = 1L << 40;
    MemorySource source = new MemorySource(size).put(1L << 39, (byte) 1);
    source.extents(1L << 39, (1L << 39) + 4096);
    Conversion conversion =
        Conversion.prepare(source, Images.options(16, 4), ScanOptions.TEST_ALL, Progress.NONE);
    try (ContentDigest content = conversion.contentDigest(List.of(DigestAlgorithm.CRC64NVME))) {
      conversion.await(content);
      assertEquals(1, content.values().size());
    }
  }

  @Test
  void aDiskThatEndsEarlyHasNoDigest() throws IOException {
    MemorySource source =
        new MemorySource(1 << 20) {
          @Override
          public int read(ByteBuffer buffer, long offset) throws IOException {
            if (Thread.currentThread().getName().equals("content") && offset > 500_000) {
              return 0;
            }
            return super.read(buffer, offset);
          }
        };
    for (int at = 0; at < 1 << 20; at += 4096) {
      source.put(at, (byte) 1);
    }
    Conversion conversion =
        Conversion.prepare(source, Images.options(16, 4), ScanOptions.TEST_ALL, Progress.NONE);
    try (ContentDigest content = conversion.contentDigest(ALL)) {
      ImageException.SourceChanged changed =
          assertThrows(ImageException.SourceChanged.class, () -> conversion.await(content));
      assertTrue(changed.getMessage().contains("ends at byte"), changed.getMessage());
      assertEquals(List.of(), content.values());
    }
  }
}
