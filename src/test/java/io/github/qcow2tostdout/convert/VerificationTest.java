package io.github.qcow2tostdout.convert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.plan.ImageOptions;
import io.github.qcow2tostdout.scan.ChangeDetection;
import io.github.qcow2tostdout.scan.ScanOptions;
import io.github.qcow2tostdout.source.ChangeSign;
import io.github.qcow2tostdout.testing.Seeds;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A disk that changes where nothing but its content tells of it. */
class VerificationTest {
  private static final ChangeDetection BY_CONTENT = new ChangeDetection(ChangeSign.SIZE, true);
  private static final int MIB = 1 << 20;
  private static final Pattern RANGE =
      Pattern.compile("its bytes (\\d+) to (\\d+) were not the same");

  /** A disk that can be written. */
  static final class Disk extends MemorySource {
    private final byte[] bytes;

    Disk(byte[] bytes) {
      super(bytes.length);
      this.bytes = bytes;
    }

    @Override
    public int read(ByteBuffer buffer, long offset) {
      int count = Math.clamp(bytes.length - offset, 0, buffer.remaining());
      buffer.put(bytes, (int) offset, count);
      return count;
    }

    @Override
    public long transferTo(long offset, long count, WritableByteChannel target) {
      throw new AssertionError("handed over without a look at it");
    }
  }

  /**
   * A way to convert.
   *
   * @param compared whether it is a comparison with a base
   */
  record Way(ImageOptions options, boolean keepZeroes, boolean extentsOnly, boolean compared) {
    ScanOptions scan(Disk base) {
      return new ScanOptions(
          extentsOnly, keepZeroes, compared ? Optional.of(base) : Optional.empty());
    }
  }

  private static ImageOptions plain(int clusterBits, int version) {
    return new ImageOptions(new Geometry(clusterBits, 4), version, false, Optional.empty());
  }

  static Stream<Way> ways() {
    return Stream.of(
        new Way(plain(9, 3), false, false, false),
        new Way(plain(16, 2), false, false, false),
        new Way(plain(21, 3), false, false, false),
        new Way(Images.extended(16, 4), false, false, false),
        new Way(plain(12, 3), true, false, false),
        new Way(plain(16, 3), false, true, false),
        new Way(plain(9, 3), false, false, true),
        new Way(plain(16, 2), false, false, true),
        new Way(plain(16, 3), false, false, true),
        new Way(Images.extended(16, 4), false, false, true));
  }

  /** Data, zeroes and an unaligned end, over three pieces. */
  private static byte[] content(Random random) {
    byte[] bytes = new byte[9 * MIB + 700];
    for (int at = 0; at < bytes.length; ) {
      int run = 1 + random.nextInt(MIB);
      int end = Math.min(bytes.length, at + run);
      if (random.nextBoolean()) {
        for (int i = at; i < end; i++) {
          bytes[i] = (byte) (random.nextInt(255) + 1);
        }
      }
      at = end;
    }
    return bytes;
  }

  private static Disk baseOf(Random random, byte[] bytes) {
    byte[] base = bytes.clone();
    for (int i = 0; i < 20; i++) {
      int from = random.nextInt(base.length);
      int to = Math.min(base.length, from + random.nextInt(200_000));
      Arrays.fill(base, from, to, (byte) random.nextInt(2));
    }
    return new Disk(base);
  }

  private static Conversion prepare(Disk disk, Way way, Disk base) throws IOException {
    return Conversion.prepare(disk, way.options(), way.scan(base), BY_CONTENT, Progress.NONE);
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("ways")
  void anyByteThatChangesIsAnErrorThatNamesIt(Way way) throws IOException {
    Random random = Seeds.random(VerificationTest.class);
    byte[] bytes = content(random);
    Disk disk = new Disk(bytes);
    Disk base = baseOf(random, bytes);
    byte[] expected = Images.image(MemorySource.of(bytes), way.options(), way.scan(base));
    Conversion conversion = prepare(disk, way, base);
    assertArrayEquals(expected, Images.range(conversion, 0, conversion.plan().imageSize()));
    for (int round = 0; round < 12; round++) {
      int at =
          switch (round) {
            case 0 -> 0;
            case 1 -> bytes.length - 1;
            default -> random.nextInt(bytes.length);
          };
      byte before = bytes[at];
      bytes[at] ^= (byte) (1 << random.nextInt(8));
      ImageException.SourceChanged e =
          assertThrows(
              ImageException.SourceChanged.class,
              () -> Images.range(conversion, 0, conversion.plan().imageSize()),
              "byte " + at);
      Matcher range = RANGE.matcher(e.getMessage());
      assertTrue(range.find(), e.getMessage());
      assertTrue(
          Long.parseLong(range.group(1)) <= at && at < Long.parseLong(range.group(2)),
          at + e.getMessage());
      bytes[at] = before;
    }
    assertArrayEquals(expected, Images.range(conversion, 0, conversion.plan().imageSize()));
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("ways")
  void anyRangeIsThatOfTheImage(Way way) throws IOException {
    Random random = Seeds.random(VerificationTest.class);
    byte[] bytes = content(random);
    Disk disk = new Disk(bytes);
    Disk base = baseOf(random, bytes);
    byte[] expected = Images.image(MemorySource.of(bytes), way.options(), way.scan(base));
    Conversion conversion = prepare(disk, way, base);
    for (int round = 0; round < 12; round++) {
      int from = random.nextInt(expected.length);
      int to = from + 1 + random.nextInt(expected.length - from);
      assertArrayEquals(
          Arrays.copyOfRange(expected, from, to),
          Images.range(conversion, from, to),
          from + " to " + to);
    }
  }

  @Test
  void onlyPiecesThatARangeTouchesAreCompared() throws IOException {
    byte[] bytes = new byte[9 * MIB];
    Arrays.fill(bytes, (byte) 1);
    Way way = new Way(plain(16, 3), false, false, false);
    Disk disk = new Disk(bytes);
    Conversion conversion = prepare(disk, way, disk);
    long data = conversion.plan().imageSize() - bytes.length;
    bytes[5 * MIB] = 2;
    Images.range(conversion, data, data + 4 * MIB);
    Images.range(conversion, data + 8 * MIB, data + 9 * MIB);
    assertThrows(
        ImageException.SourceChanged.class,
        () -> Images.range(conversion, data + 4 * MIB, data + 4 * MIB + 1));
  }

  @Test
  void dataInWhatWasAHoleIsSeen() throws IOException {
    byte[] bytes = new byte[4 * MIB];
    bytes[0] = 1;
    Disk disk = new Disk(bytes);
    disk.extents(0, 65536);
    Conversion conversion = prepare(disk, new Way(plain(16, 3), false, false, false), disk);
    bytes[3 * MIB] = 1;
    disk.extents(0, 65536, 3 * MIB, 3 * MIB + 4096);
    ImageException.SourceChanged e =
        assertThrows(
            ImageException.SourceChanged.class,
            () -> Images.range(conversion, 0, conversion.plan().imageSize()));
    assertTrue(e.getMessage().contains("its bytes 3145728 to 3211264"), e.getMessage());
  }

  @Test
  void extentThatOnlyBecameKnownIsNoChange() throws IOException {
    byte[] bytes = new byte[4 * MIB];
    bytes[0] = 1;
    for (Way way :
        List.of(
            new Way(plain(16, 3), true, false, false), new Way(plain(16, 3), false, true, false))) {
      Disk disk = new Disk(bytes);
      disk.extents(0, 65536);
      Conversion conversion = prepare(disk, way, disk);
      disk.extents(0, 4 * MIB);
      assertEquals(
          conversion.plan().imageSize(),
          Images.range(conversion, 0, conversion.plan().imageSize()).length);
    }
  }

  @Test
  void emptyDiskIsVerified() throws IOException {
    Disk disk = new Disk(new byte[0]);
    Conversion conversion = prepare(disk, new Way(plain(16, 3), false, false, false), disk);
    Images.range(conversion, 0, conversion.plan().imageSize());
  }
}
