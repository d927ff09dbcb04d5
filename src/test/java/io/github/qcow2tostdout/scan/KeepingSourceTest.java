package io.github.qcow2tostdout.scan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.convert.BytesChannel;
import io.github.qcow2tostdout.convert.Images;
import io.github.qcow2tostdout.convert.MemorySource;
import io.github.qcow2tostdout.convert.RecordingSource;
import io.github.qcow2tostdout.plan.ImageOptions;
import io.github.qcow2tostdout.source.DataExtents;
import io.github.qcow2tostdout.source.Residency;
import io.github.qcow2tostdout.testing.Seeds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeepingSourceTest {
  private final List<String> log = new ArrayList<>();

  private RecordingSource source(byte[] disk) {
    RecordingSource source = new RecordingSource(disk.length, log);
    source.put(0, disk);
    return source;
  }

  private static void read(KeepingSource source, long offset, int count) throws IOException {
    assertEquals(count, source.read(ByteBuffer.allocate(count), offset));
  }

  private static byte[] noise(int size) {
    byte[] disk = new byte[size];
    new Random(size).nextBytes(disk);
    return disk;
  }

  @Test
  void whatIsKeptIsNotAskedForAgain() throws IOException {
    KeepingSource source = new KeepingSource(source(noise(100_000)), 50_000);
    source.want(50_000, 50_000);
    read(source, 10_000, 20_000);
    source.endScan();
    read(source, 10_000, 20_000);
    read(source, 29_990, 20);
    source.willNeed(0, 40_000);
    assertEquals(
        List.of("read 10000+20000", "read 30000+10", "advice 0+10000", "advice 30000+10000"), log);
  }

  @Test
  void moreThanThereIsRoomForIsNotKept() throws IOException {
    KeepingSource source = new KeepingSource(source(noise(100_000)), 30_000);
    source.want(20_000, 20_000);
    source.want(40_000, 20_000);
    assertTrue(source.isWanted(19_999));
    assertFalse(source.isWanted(20_000));
    // Not even if it is less: what is kept is at the beginning.
    source.want(41_000, 1_000);
    assertFalse(source.isWanted(40_500));
    read(source, 0, 20_000);
    read(source, 20_000, 20_000);
    assertEquals(20_000, source.keptBytes());
  }

  @Test
  void zeroesTakeNoRoom() throws IOException {
    KeepingSource source = new KeepingSource(source(new byte[1 << 20]), 1 << 20);
    source.want(1 << 20, 1 << 20);
    read(source, 0, 1 << 20);
    assertEquals(0, source.keptBytes());
    source.want(2 << 20, 1 << 20);
    assertTrue(source.isWanted((2 << 20) - 1));
    read(source, 5, 100_000);
    assertEquals(1, log.size());
  }

  @Test
  void theEndOfTheSourceIsTheEnd() throws IOException {
    KeepingSource source = new KeepingSource(source(noise(1000)), 5000);
    source.want(5000, 1000);
    assertEquals(1000, source.read(ByteBuffer.allocate(5000), 0));
    assertEquals(100, source.read(ByteBuffer.allocate(5000), 900));
    assertEquals(0, source.read(ByteBuffer.allocate(5000), 1000));
  }

  @Test
  void anyReadGivesTheBytesOfTheSource() throws IOException {
    Random random = Seeds.random(KeepingSourceTest.class);
    byte[] disk = new byte[20 << 20];
    for (int at = 0; at < disk.length; at += 50_000) {
      if (random.nextBoolean()) {
        Arrays.fill(disk, at, Math.min(disk.length, at + 40_000), (byte) random.nextInt());
      }
    }
    KeepingSource source = new KeepingSource(MemorySource.of(disk), disk.length);
    source.want(18 << 20, 18 << 20);
    for (int at = 0; at < disk.length; ) {
      int count = Math.min(disk.length - at, 1 + random.nextInt(1 << 20));
      if (random.nextInt(4) > 0) {
        read(source, at, count);
      }
      at += count;
    }
    source.endScan();
    for (int i = 0; i < 50; i++) {
      int from = random.nextInt(disk.length);
      int to = from + random.nextInt(Math.min(disk.length - from, 3 << 20) + 1);
      byte[] expected = Arrays.copyOfRange(disk, from, to);
      ByteBuffer buffer = ByteBuffer.allocate(to - from);
      assertEquals(to - from, source.read(buffer, from));
      assertArrayEquals(expected, buffer.array());
      BytesChannel channel = new BytesChannel();
      for (int at = from; at < to; ) {
        long taken = source.transferTo(at, to - at, channel);
        assertTrue(taken > 0, "nothing at " + at);
        at += (int) taken;
      }
      assertArrayEquals(expected, channel.bytes());
    }
  }

  /** One of which the scan knows that it is not in memory. */
  private static final class FarSource extends MemorySource {
    FarSource(byte[] disk) {
      super(disk.length);
      put(0, disk);
    }

    @Override
    public Residency residency(DataExtents extents) {
      return Residency.REMOTE;
    }
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(longs = {0, 1, 16 << 20, 17 << 20, 33 << 20, Long.MAX_VALUE})
  void theImageDoesNotDependOnWhatIsKept(long bytes) throws IOException {
    byte[] disk = noise((40 << 20) + 77);
    Arrays.fill(disk, 100_000, 9_000_000, (byte) 0);
    Arrays.fill(disk, 20_000_000, 30_000_000, (byte) 0);
    long[] extents = {0, 50, 60, 12_000_001, 13_000_000, disk.length - 1};
    Arrays.fill(disk, 50, 60, (byte) 0);
    Arrays.fill(disk, 12_000_001, 13_000_000, (byte) 0);
    disk[disk.length - 1] = 0;
    for (ImageOptions options :
        new ImageOptions[] {Images.options(16, 4), Images.options(9, 4), Images.extended(16, 4)}) {
      for (ScanOptions scan : new ScanOptions[] {ScanOptions.TEST_ALL, Images.keepZeroes()}) {
        assertArrayEquals(
            Images.image(MemorySource.of(disk).extents(extents), options, scan),
            Images.image(new FarSource(disk).extents(extents), options, scan.keeping(bytes)));
      }
    }
  }
}
