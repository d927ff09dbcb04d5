package io.github.qcow2tostdout.convert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.codec.Encoding;
import io.github.qcow2tostdout.format.CompressionType;
import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.plan.AllocationMap;
import io.github.qcow2tostdout.plan.ClusterLengths;
import io.github.qcow2tostdout.plan.ImageOptions;
import io.github.qcow2tostdout.plan.LayoutPlan;
import io.github.qcow2tostdout.scan.ChangeDetection;
import io.github.qcow2tostdout.scan.ScanOptions;
import io.github.qcow2tostdout.source.ChangeSign;
import io.github.qcow2tostdout.testing.Seeds;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compressed images are a function of the disk, too: not of threads, of the cache or of ranges. */
class CompressionTest {
  private static final ClusterLengths.Store NONE =
      new ClusterLengths.Store() {
        @Override
        public void append(ByteBuffer chunk) {
          throw new IllegalStateException();
        }

        @Override
        public void read(long chunk, ByteBuffer to) {
          throw new IllegalStateException();
        }
      };

  private static CompressionOptions compression(int threads, long cache) {
    return new CompressionOptions(
        Encoding.of(false, false, OptionalInt.empty()), threads, cache, NONE);
  }

  private static ImageOptions options(int clusterBits, int refcountOrder) {
    return new ImageOptions(new Geometry(clusterBits, refcountOrder), 3, false, Optional.empty())
        .withCompression(CompressionType.ZLIB);
  }

  /** Text, noise, equal bytes and holes, in turns that no cluster size divides. */
  private static byte[] disk(int size) {
    Random random = Seeds.random(CompressionTest.class);
    byte[] disk = new byte[size];
    for (int at = 0; at < size; ) {
      int count = Math.min(size - at, 1 + random.nextInt(200_000));
      switch (random.nextInt(4)) {
        case 0 -> {
          byte[] noise = new byte[count];
          random.nextBytes(noise);
          System.arraycopy(noise, 0, disk, at, count);
        }
        case 1 -> Arrays.fill(disk, at, at + count, (byte) 7);
        case 2 -> {
          for (int i = at; i < at + count; i++) {
            disk[i] = (byte) "abcdefgh".charAt(random.nextInt(8));
          }
        }
        default -> {}
      }
      at += count;
    }
    return disk;
  }

  private static Conversion prepare(
      MemorySource source, ImageOptions options, CompressionOptions compression)
      throws IOException {
    return Conversion.prepare(
        source,
        options,
        ScanOptions.TEST_ALL,
        Optional.of(compression),
        ChangeDetection.BY_IDENTITY,
        Progress.NONE);
  }

  private static byte[] image(byte[] disk, ImageOptions options, CompressionOptions compression)
      throws IOException {
    Conversion conversion = prepare(MemorySource.of(disk), options, compression);
    return Images.range(conversion, 0, conversion.plan().imageSize());
  }

  @ParameterizedTest
  @CsvSource({"12, 0", "12, 4", "16, 1", "16, 4", "21, 4"})
  @Tag("slow")
  void threadsAndCacheDontMatter(int clusterBits, int refcountOrder) throws IOException {
    byte[] disk = disk(3_000_321);
    ImageOptions options = options(clusterBits, refcountOrder);
    byte[] expected = image(disk, options, compression(1, Long.MAX_VALUE));
    assertEquals(0, expected.length % 512);
    for (int threads : new int[] {1, 2, 3, 4, 5, 6, 7, 8}) {
      for (long cache : new long[] {0, 1, 300_000, Long.MAX_VALUE}) {
        byte[] image = image(disk, options, compression(threads, cache));
        assertEquals(-1, Arrays.mismatch(expected, image), threads + " threads, cache of " + cache);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 300_000, Long.MAX_VALUE})
  @Tag("slow")
  void aRangeIsThatPartOfTheImage(long cache) throws IOException {
    byte[] disk = disk(3_000_000);
    Conversion conversion = prepare(MemorySource.of(disk), options(16, 4), compression(2, cache));
    int size = (int) conversion.plan().imageSize();
    byte[] whole = Images.range(conversion, 0, size);
    Random random = Seeds.random(CompressionTest.class);
    for (int i = 0; i < 100; i++) {
      int from = random.nextInt(size);
      int to = from + random.nextInt(size - from + 1);
      assertArrayEquals(
          Arrays.copyOfRange(whole, from, to),
          Images.range(conversion, from, to),
          from + " to " + to);
    }
  }

  @Test
  void noiseIsStoredPlainAndTakesNoMoreThanWithoutCompression() throws IOException {
    byte[] noise = new byte[1 << 20];
    new Random(1).nextBytes(noise);
    Conversion conversion =
        prepare(MemorySource.of(noise), options(16, 4), compression(2, Long.MAX_VALUE));
    assertEquals(0, conversion.compression().orElseThrow().clusters());
    byte[] plain =
        Images.image(
            MemorySource.of(noise),
            new ImageOptions(new Geometry(16, 4), 3, false, Optional.empty()));
    assertArrayEquals(plain, Images.range(conversion, 0, conversion.plan().imageSize()));
  }

  @Test
  void equalBytesBecomeAlmostNothing() throws IOException {
    byte[] disk = new byte[8 << 20];
    Arrays.fill(disk, (byte) 1);
    Conversion conversion =
        prepare(MemorySource.of(disk), options(16, 4), compression(2, Long.MAX_VALUE));
    assertEquals(128, conversion.compression().orElseThrow().clusters());
    assertTrue(
        conversion.compression().orElseThrow().bytes() < 128 * 320,
        () -> conversion.compression().toString());
  }

  @Test
  void anEmptyDiskHasNothingToCompress() throws IOException {
    assertArrayEquals(
        Images.image(
            new MemorySource(1 << 20),
            new ImageOptions(new Geometry(16, 4), 3, false, Optional.empty())),
        image(new byte[1 << 20], options(16, 4), compression(2, 0)));
  }

  /** A disk that is written between the passes, and whose time stamps don't say so. */
  private static final class TreacherousSource extends MemorySource {
    private boolean written;

    TreacherousSource(byte[] disk) {
      super(disk.length);
      put(0, disk);
    }

    @Override
    public int read(ByteBuffer buffer, long offset) throws IOException {
      int at = buffer.position();
      int count = super.read(buffer, offset);
      for (int i = at; written && i < at + count; i++) {
        buffer.put(i, (byte) (buffer.get(i) * (i + 3)));
      }
      return count;
    }
  }

  @Test
  void aClusterOfAnotherLengthIsAnErrorAndNeverABrokenImage() throws IOException {
    TreacherousSource source = new TreacherousSource(disk(2_000_000));
    Conversion conversion = prepare(source, options(16, 4), compression(2, 0));
    source.written = true;
    ImageException.SourceChanged e =
        assertThrows(
            ImageException.SourceChanged.class,
            () -> Images.range(conversion, 0, conversion.plan().imageSize()));
    assertTrue(e.getMessage().contains("was compressed to"), e::getMessage);
  }

  @Test
  void aWriteThatKeepsTheLengthIsFoundByItsContent() throws IOException {
    byte[] disk = new byte[1 << 20];
    Arrays.fill(disk, (byte) 1);
    TreacherousSource source = new TreacherousSource(disk);
    Conversion conversion =
        Conversion.prepare(
            source,
            options(16, 4),
            ScanOptions.TEST_ALL,
            Optional.of(compression(2, Long.MAX_VALUE)),
            new ChangeDetection(ChangeSign.CHANGE_TIME, true),
            Progress.NONE);
    source.written = true;
    ImageException.SourceChanged e =
        assertThrows(
            ImageException.SourceChanged.class,
            () -> Images.range(conversion, 0, conversion.plan().imageSize()));
    assertTrue(e.getMessage().contains("its bytes 0 to 1048576"), e::getMessage);
  }

  @Test
  void progressOfCompressionGoesFromNothingToAll() throws IOException {
    List<Long> done = new ArrayList<>();
    byte[] disk = disk(3_000_000);
    Conversion.prepare(
        MemorySource.of(disk),
        options(16, 4),
        ScanOptions.TEST_ALL,
        Optional.of(compression(2, 0)),
        ChangeDetection.BY_IDENTITY,
        (phase, now, total) -> {
          if (phase == Progress.Phase.COMPRESS) {
            done.add(now);
          }
        });
    assertEquals(0, done.getFirst());
    assertEquals(done.stream().sorted().toList(), done);
    assertEquals(0, done.getLast() % (1 << 16));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 13})
  void aLevelThatThereIsNotIsRefused(int level) {
    assertThrows(
        IllegalArgumentException.class, () -> Encoding.of(false, false, OptionalInt.of(level)));
  }

  @Test
  void tooLargeForTheDescriptorsIsRefusedWithTheClusterSizeThatWorks() {
    // 1 PiB of clusters of 2 MiB: compressed clusters reach to 512 TiB.
    ImageOptions options = options(21, 4);
    long clusters = (1L << 50) >> 21;
    ImageException.Unsupported e =
        assertThrows(
            ImageException.Unsupported.class,
            () ->
                LayoutPlan.of(
                    options, AllocationMap.full(options.geometry(), clusters << 21), "disk"));
    assertTrue(e.getMessage().contains("use a cluster size of 512K"), e::getMessage);
  }
}
