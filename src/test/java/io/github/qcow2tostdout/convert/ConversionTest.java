package io.github.qcow2tostdout.convert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.plan.ImageOptions;
import io.github.qcow2tostdout.scan.ScanOptions;
import io.github.qcow2tostdout.source.DataExtents;
import io.github.qcow2tostdout.source.Residency;
import io.github.qcow2tostdout.source.SourceIdentity;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConversionTest {
  private static final long MIB = 1 << 20;
  private static final byte ONE = 1;

  /** A disk whose identity a test changes, and that may end earlier than it did. */
  private static class ChangingSource extends MemorySource {
    SourceIdentity now;
    long end;

    ChangingSource(long size) {
      super(size);
      now = identityOfSize(size);
      end = size;
    }

    @Override
    public SourceIdentity identity() {
      return now;
    }

    @Override
    public int read(ByteBuffer buffer, long offset) throws IOException {
      int count = Math.clamp(end - offset, 0, buffer.remaining());
      ByteBuffer part = ByteBuffer.allocate(count);
      super.read(part, offset);
      buffer.put(part.flip());
      return count;
    }

    /** Hands over nothing behind the end, as files do. */
    @Override
    public long transferTo(long offset, long count, WritableByteChannel target) throws IOException {
      long left = Math.clamp(end - offset, 0, count);
      return left == 0 ? 0 : super.transferTo(offset, left, target);
    }
  }

  /** A source whose file is another one with the first read. */
  private static ChangingSource replacedAsItIsRead() {
    return new ChangingSource(MIB) {
      @Override
      public int read(ByteBuffer buffer, long offset) throws IOException {
        now = new SourceIdentity(MIB, Optional.of("1:3"), now.modified(), now.changed());
        return super.read(buffer, offset);
      }
    };
  }

  private static Conversion prepare(MemorySource source) throws IOException {
    return Conversion.prepare(source, ImageOptions.defaults(), ScanOptions.TEST_ALL, Progress.NONE);
  }

  private static Conversion prepare(MemorySource source, MemorySource base) throws IOException {
    return Conversion.prepare(
        source, ImageOptions.defaults(), Images.compareWith(base), Progress.NONE);
  }

  private static SequentialOutput all(Conversion conversion, WritableByteChannel channel) {
    return new SequentialOutput(channel, 0, conversion.plan().imageSize(), Progress.NONE);
  }

  private static Optional<FileTime> time(String text) {
    return Optional.of(FileTime.from(Instant.parse(text)));
  }

  private static void assertChanged(String fact, ImageException.SourceChanged e) {
    assertTrue(
        e.getMessage().startsWith("disk.raw: source changed while it was read: " + fact),
        e.getMessage());
  }

  @Test
  void countsAreOfTheDisk() throws IOException {
    MemorySource source =
        new MemorySource(10 * MIB + 1).put(0, ONE).put(5 * MIB, ONE).put(10 * MIB, ONE);
    Conversion conversion = prepare(source);
    assertEquals(161, conversion.guestClusters());
    assertEquals(3, conversion.allocatedClusters());
    assertEquals((5 + 3) * 65536, conversion.plan().imageSize());
    assertEquals((5 + 161) * 65536, conversion.fullyAllocatedSize());
  }

  @Test
  void sourceThatGrewAsItWasOpenedIsRefused() {
    ChangingSource source = new ChangingSource(MIB);
    source.now = MemorySource.identityOfSize(2 * MIB);
    assertChanged(
        "its size was 1048576 bytes and is 2097152 bytes",
        assertThrows(ImageException.SourceChanged.class, () -> prepare(source)));
  }

  @Test
  void sourceThatChangesDuringTheScanIsRefusedBeforeAnythingIsPlanned() {
    ChangingSource source = replacedAsItIsRead();
    assertChanged(
        "another file has taken its name",
        assertThrows(ImageException.SourceChanged.class, () -> prepare(source)));
  }

  @ParameterizedTest
  @CsvSource({
    "1048577, 1:2, 2001-01-01T00:00:00Z, 2001-01-02T00:00:00Z, 'its size was 1048576 bytes and is"
        + " 1048577 bytes'",
    "1048576, 9:2, 2001-01-01T00:00:00Z, 2001-01-02T00:00:00Z, another file has taken its name",
    "1048576, 1:2, 2001-01-03T00:00:00Z, 2001-01-02T00:00:00Z, its time of modification was"
        + " 2001-01-01T00:00:00Z and is 2001-01-03T00:00:00Z",
    "1048576, 1:2, 2001-01-01T00:00:00Z, 2001-01-03T00:00:00Z, its time of change was"
        + " 2001-01-02T00:00:00Z and is 2001-01-03T00:00:00Z"
  })
  void changeBetweenThePassesIsSeen(
      long size, String inode, String modified, String changed, String fact) throws IOException {
    ChangingSource source = new ChangingSource(MIB);
    source.put(0, ONE);
    Conversion conversion = prepare(source);
    source.now = new SourceIdentity(size, Optional.of(inode), time(modified), time(changed));
    SequentialOutput out = all(conversion, new BytesChannel());
    assertChanged(
        fact, assertThrows(ImageException.SourceChanged.class, () -> conversion.write(out)));
  }

  @Test
  void changeWithTheVeryLastReadIsSeen() throws IOException {
    boolean[] scanned = new boolean[1];
    ChangingSource source =
        new ChangingSource(MIB) {
          @Override
          public int read(ByteBuffer buffer, long offset) throws IOException {
            int count = super.read(buffer, offset);
            if (scanned[0]) {
              now =
                  new SourceIdentity(MIB, now.inode(), time("2001-01-03T00:00:00Z"), now.changed());
            }
            return count;
          }
        };
    source.put(MIB - 65536, ONE);
    Conversion conversion = prepare(source);
    scanned[0] = true;
    SequentialOutput out = all(conversion, new BytesChannel());
    assertChanged(
        "its time of modification was 2001-01-01T00:00:00Z and is 2001-01-03T00:00:00Z",
        assertThrows(ImageException.SourceChanged.class, () -> conversion.write(out)));
    assertEquals(out.total(), out.written(), "all was written, and yet it is an error");
  }

  @Test
  void changeIsSeenAlsoWhereOnlyTablesAreWritten() throws IOException {
    ChangingSource source = new ChangingSource(MIB);
    source.put(0, ONE);
    Conversion conversion = prepare(source);
    source.now = MemorySource.identityOfSize(0);
    SequentialOutput out = new SequentialOutput(new BytesChannel(), 0, 100, Progress.NONE);
    assertThrows(ImageException.SourceChanged.class, () -> conversion.write(out));
  }

  @Test
  void changeInTheMiddleOfALongEmissionEndsItEarly() throws IOException {
    long size = 1024 * MIB;
    ChangingSource source =
        new ChangingSource(size) {
          @Override
          public long transferTo(long offset, long count, WritableByteChannel target) {
            if (offset >= 300 * MIB) {
              now = identityOfSize(size + 512);
            }
            return count;
          }
        };
    for (long at = 0; at < size; at += 65536) {
      source.put(at, ONE);
    }
    Conversion conversion = prepare(source);
    SequentialOutput out = all(conversion, new BytesChannel());
    assertThrows(ImageException.SourceChanged.class, () -> conversion.write(out));
    assertTrue(out.written() > 500 * MIB, () -> "written " + out.written());
    assertTrue(out.written() < 600 * MIB, () -> "written " + out.written());
  }

  @Test
  void baseIsWatchedFromTheOpeningOn() {
    ChangingSource base = new ChangingSource(MIB);
    base.now = MemorySource.identityOfSize(2 * MIB);
    assertChanged(
        "its size was 1048576 bytes and is 2097152 bytes",
        assertThrows(
            ImageException.SourceChanged.class, () -> prepare(new MemorySource(MIB), base)));
  }

  @Test
  void baseThatChangesDuringTheScanIsRefused() {
    ChangingSource base = replacedAsItIsRead();
    assertChanged(
        "another file has taken its name",
        assertThrows(
            ImageException.SourceChanged.class, () -> prepare(new MemorySource(MIB), base)));
  }

  @Test
  void baseThatChangesWhileTheImageIsWrittenMakesItWorthless() throws IOException {
    ChangingSource base = new ChangingSource(MIB);
    MemorySource source = new MemorySource(MIB).put(0, ONE);
    Conversion conversion = prepare(source, base);
    assertEquals(1, conversion.allocatedClusters());
    base.now = MemorySource.identityOfSize(0);
    SequentialOutput out = all(conversion, new BytesChannel());
    assertChanged(
        "its size was 1048576 bytes and is 0 bytes",
        assertThrows(ImageException.SourceChanged.class, () -> conversion.write(out)));
  }

  @Test
  void baseIsNotReadForTheImage() throws IOException {
    boolean[] scanned = new boolean[1];
    MemorySource base =
        new MemorySource(MIB) {
          @Override
          public int read(ByteBuffer buffer, long offset) throws IOException {
            assertFalse(scanned[0]);
            return super.read(buffer, offset);
          }
        };
    Conversion conversion = prepare(new MemorySource(MIB).put(5, ONE), base.put(MIB - 1, ONE));
    scanned[0] = true;
    conversion.write(all(conversion, new BytesChannel()));
    assertEquals(1, conversion.allocatedClusters());
    assertEquals(65536, conversion.zeroBytes());
  }

  @Test
  void whatAnImageCanNotSayIsRefused() {
    MemorySource source = new MemorySource(MIB);
    ImageOptions v2 = new ImageOptions(new Geometry(16, 4), 2, false, Optional.empty());
    assertThrows(
        IllegalArgumentException.class,
        () -> Conversion.prepare(source, v2, Images.keepZeroes(), Progress.NONE));
    ImageOptions raw = Images.external(16, 4, "d", true);
    for (ScanOptions scan : List.of(Images.keepZeroes(), Images.compareWith(source))) {
      assertThrows(
          IllegalArgumentException.class,
          () -> Conversion.prepare(source, raw, scan, Progress.NONE));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 100_000, 2 * 1048576 + 5, 3 * 1048576 + 70_000, 4 * 1048576 - 1})
  void sourceThatShrinksIsNeverPadded(long end) throws IOException {
    byte[] disk = new byte[(int) (4 * MIB)];
    Arrays.fill(disk, ONE);
    ChangingSource source = new ChangingSource(disk.length);
    source.put(0, disk);
    Conversion conversion = prepare(source);
    // A block device that shrinks shows that only by its reads: the identity stays.
    source.end = end;
    BytesChannel channel = new BytesChannel();
    SequentialOutput out = all(conversion, channel);
    assertChanged(
        "its size was 4194304 bytes and it ends at byte " + end,
        assertThrows(ImageException.SourceChanged.class, () -> conversion.write(out)));
    byte[] image = new ModelImage(16, 4, 3, false, "", false).of(disk);
    byte[] written = channel.bytes();
    assertArrayEquals(Arrays.copyOf(image, written.length), written);
    assertTrue(written.length <= 5 * 65536 + end, "nothing behind the end of what was there");
    assertEquals(written.length, out.written());
  }

  /** A disk that must not be read. */
  private static class UntouchableSource extends MemorySource {
    UntouchableSource(long size) {
      super(size);
    }

    @Override
    public DataExtents dataExtents() {
      throw new AssertionError("extents");
    }

    @Override
    public int read(ByteBuffer buffer, long offset) {
      throw new AssertionError("read");
    }

    @Override
    public long transferTo(long offset, long count, WritableByteChannel target) {
      throw new AssertionError("transfer");
    }

    @Override
    public void willNeed(long offset, long count) {
      throw new AssertionError("advice");
    }

    @Override
    public Residency residency(DataExtents extents) {
      throw new AssertionError("residency");
    }
  }

  @Test
  void rawDataFileIsNotRead() throws IOException {
    MemorySource source = new UntouchableSource(3 * MIB + 5);
    byte[] image = Images.image(source, Images.external(9, 4, "disk.raw", true));
    assertArrayEquals(
        new ModelImage(9, 4, 3, false, "disk.raw", true).of(new byte[(int) (3 * MIB + 5)]), image);
  }

  @Test
  void rawDataFileOf1PibIsPlannedWithoutRead() throws IOException {
    Conversion conversion =
        Conversion.prepare(
            new UntouchableSource(1L << 50),
            Images.external(16, 4, "disk.raw", true),
            ScanOptions.TEST_ALL,
            Progress.NONE);
    assertEquals(65536L * (1 + 1 + 65 + 256 + (1 << 21)), conversion.plan().imageSize());
    assertEquals(conversion.plan().imageSize(), conversion.fullyAllocatedSize());
    assertEquals(1L << 34, conversion.allocatedClusters());
    // Its last L2 entry is that of its last cluster.
    long size = conversion.plan().imageSize();
    assertEquals(
        (1L << 50) - 65536 | 1L << 63,
        ByteBuffer.wrap(Images.range(conversion, size - 8, size)).getLong());
  }

  @Test
  void diskThatIsTooLargeIsRefusedBeforeItIsScanned() {
    MemorySource source = new UntouchableSource((128L << 30) + 1);
    assertThrows(
        ImageException.Unsupported.class,
        () ->
            Conversion.prepare(source, Images.options(9, 4), ScanOptions.TEST_ALL, Progress.NONE));
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MAX_VALUE, Long.MAX_VALUE - 511, Long.MAX_VALUE - 512})
  void largestFilesThereAreAreRefusedToo(long size) {
    MemorySource source = new UntouchableSource(size);
    ImageException.Unsupported e =
        assertThrows(
            ImageException.Unsupported.class,
            () ->
                Conversion.prepare(
                    source, Images.options(21, 4), ScanOptions.TEST_ALL, Progress.NONE));
    assertTrue(e.getMessage().contains(": the L1 table takes "), e.getMessage());
  }

  @Test
  void diskOfZeroesIsTablesOnly() throws IOException {
    assertEquals(4 * 65536, prepare(new MemorySource(MIB)).plan().imageSize());
  }

  /** A disk that was tested in blocks, and can't be read before it is written. */
  private static final class TestedSource extends MemorySource {
    private final long blockSize;
    private boolean readable;

    TestedSource(long size, long blockSize) {
      super(size);
      this.blockSize = blockSize;
    }

    @Override
    public long testedBlockSize() {
      return blockSize;
    }

    @Override
    public int read(ByteBuffer buffer, long offset) throws IOException {
      assertTrue(readable, "it is read");
      return super.read(buffer, offset);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {12, 13, 16, 21})
  void whatWasTestedOnItsWayHereIsNotTestedAgain(int clusterBits) throws IOException {
    byte[] disk = new byte[5 << 20];
    disk[(1 << 20) + 5000] = 1;
    disk[(4 << 20) - 1] = 1;
    TestedSource source = new TestedSource(disk.length, 4096);
    source.put(0, disk);
    source.extents((1 << 20) + 4096, (1 << 20) + 8192, (4 << 20) - 4096, 4 << 20);
    ImageOptions options = Images.options(clusterBits, 4);
    Conversion conversion =
        Conversion.prepare(source, options, ScanOptions.TEST_ALL, Progress.NONE);
    source.readable = true;
    assertArrayEquals(
        Images.image(MemorySource.of(disk), options),
        Images.range(conversion, 0, conversion.plan().imageSize()));
  }

  @Test
  void clustersSmallerThanTheBlocksThatWereTestedAreTested() throws IOException {
    byte[] disk = new byte[1 << 20];
    disk[5000] = 1;
    TestedSource source = new TestedSource(disk.length, 4096);
    source.put(0, disk);
    source.extents(4096, 8192);
    source.readable = true;
    ImageOptions options = Images.options(11, 4);
    assertArrayEquals(Images.image(MemorySource.of(disk), options), Images.image(source, options));
  }

  @Test
  void partOfADiskIsGuardedByTheSizeOfAllOfIt() throws IOException {
    MemorySource part =
        new MemorySource(MIB) {
          @Override
          public long identifiedSize() {
            return 3 * MIB;
          }

          @Override
          public SourceIdentity identity() {
            return identityOfSize(3 * MIB);
          }
        };
    assertEquals(4 * 65536, prepare(part).plan().imageSize());
  }
}
