package io.github.qcow2tostdout.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Seeds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MappedSourceTest {
  private final BytesSource disk = new BytesSource(full(100));

  private static byte[] full(int size) {
    byte[] bytes = new byte[size];
    Arrays.fill(bytes, (byte) 'x');
    return bytes;
  }

  @Test
  void theExtentsAreThoseOfTheMap() throws IOException {
    Source mapped = new MappedSource(disk, BytesSource.extents(0, 5, 90, 100));
    assertEquals("0-5 90-100", BytesSource.text(mapped.dataExtents()));
    assertEquals(0, mapped.testedBlockSize());
  }

  @Test
  void aMapThatReachesBeyondTheDiskIsABug() {
    ExtentList extents = BytesSource.extents(90, 101);
    assertThrows(IllegalArgumentException.class, () -> new MappedSource(disk, extents));
  }

  @Test
  void whatTheMapDoesNotNameIsZeroAndNotRead() throws IOException {
    Source mapped = new MappedSource(disk, BytesSource.extents(10, 20, 30, 40));
    ByteBuffer buffer = ByteBuffer.allocate(50);
    assertEquals(50, mapped.read(buffer, 0));
    byte[] expected = new byte[50];
    Arrays.fill(expected, 10, 20, (byte) 'x');
    Arrays.fill(expected, 30, 40, (byte) 'x');
    assertArrayEquals(expected, buffer.array());
    assertEquals(List.of("read 10-20", "read 30-40"), disk.log);
  }

  @Test
  void aReadEndsWhereTheLargestDiskDoes() throws IOException {
    Source largest =
        new ForwardingSource(disk) {
          @Override
          public long size() {
            return Long.MAX_VALUE;
          }
        };
    Source mapped = new MappedSource(largest, BytesSource.extents(10, 20));
    assertEquals(5, mapped.read(ByteBuffer.allocate(50), Long.MAX_VALUE - 5));
    ByteBuffer buffer = ByteBuffer.allocate(50);
    int count = WindowSource.of(mapped, 10, Long.MAX_VALUE - 10).read(buffer, Long.MAX_VALUE - 13);
    assertEquals(3, count);
    assertEquals(50, buffer.limit());
  }

  @Test
  void aReadEndsWhereTheDiskDoes() throws IOException {
    Source mapped = new MappedSource(disk, BytesSource.extents(10, 20));
    assertEquals(15, mapped.read(ByteBuffer.allocate(50), 85));
    assertEquals(0, mapped.read(ByteBuffer.allocate(50), 100));
    assertEquals(List.of(), disk.log);
  }

  @Test
  void aDiskThatHasShrunkEndsTheReadThere() throws IOException {
    Source shrunk =
        new ForwardingSource(new BytesSource(full(15))) {
          @Override
          public long size() {
            return 100;
          }
        };
    Source mapped = new MappedSource(shrunk, BytesSource.extents(10, 20, 30, 40));
    assertEquals(15, mapped.read(ByteBuffer.allocate(50), 0));
  }

  @Test
  void onlyWhatIsInAnExtentIsHandedOver() throws IOException {
    Source mapped = new MappedSource(disk, BytesSource.extents(10, 20));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertEquals(0, mapped.transferTo(0, 50, Channels.newChannel(out)));
    assertEquals(5, mapped.transferTo(15, 50, Channels.newChannel(out)));
    assertEquals(0, mapped.transferTo(20, 50, Channels.newChannel(out)));
    assertEquals("xxxxx", out.toString(UTF_8));
    assertEquals(List.of("transfer 15-20"), disk.log);
  }

  @Test
  void onlyWhatIsInAnExtentIsAskedForBeforehand() {
    Source mapped = new MappedSource(disk, BytesSource.extents(10, 20, 30, 40, 50, 60));
    mapped.willNeed(15, 20);
    mapped.willNeed(20, 10);
    assertEquals(List.of("advice 15-20", "advice 30-35"), disk.log);
  }

  @Test
  void anyRangeReadsAsTheMapSays() throws IOException {
    Random random = Seeds.random(MappedSourceTest.class);
    for (int round = 0; round < 300; round++) {
      // Beyond the zeroes that are put at a time.
      int size = 1 + random.nextInt(20_000);
      byte[] bytes = new byte[size];
      random.nextBytes(bytes);
      byte[] expected = new byte[size];
      ExtentList.Builder extents = new ExtentList.Builder();
      for (int count = random.nextInt(6); count > 0; count--) {
        int from = random.nextInt(size);
        int to = from + random.nextInt(size - from + 1);
        extents.add(from, to);
        System.arraycopy(bytes, from, expected, from, to - from);
      }
      Source mapped = new MappedSource(new BytesSource(bytes), extents.build());
      for (int reads = 0; reads < 20; reads++) {
        int from = random.nextInt(size + 1);
        ByteBuffer buffer = ByteBuffer.allocate(5 + random.nextInt(size)).position(5);
        int count = mapped.read(buffer, from);
        assertEquals(Math.min(size - from, buffer.capacity() - 5), count);
        assertEquals(5 + count, buffer.position());
        assertTrue(
            Arrays.equals(buffer.array(), 5, 5 + count, expected, from, from + count),
            () -> "from " + from);
      }
    }
  }
}
