package io.github.qcow2tostdout.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowSourceTest {
  private static final byte[] BYTES = bytes();

  private final BytesSource disk =
      new BytesSource(BYTES, BytesSource.extents(0, 10, 20, 30, 90, 100));

  private static byte[] bytes() {
    byte[] bytes = new byte[100];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i + 1);
    }
    return bytes;
  }

  @ParameterizedTest
  @CsvSource({
    "0, 99, 0-10 20-30 90-99",
    "5, 95, 0-5 15-25 85-95",
    "10, 10, ''",
    "15, 10, 5-10",
    "25, 2, 0-2",
    "29, 62, 0-1 61-62",
    "95, 5, 0-5",
    "100, 0, ''",
    "50, 0, ''",
  })
  void extentsAreCutAndCountedFromTheWindow(long offset, long size, String extents)
      throws IOException {
    assertEquals(extents, BytesSource.text(WindowSource.of(disk, offset, size).dataExtents()));
  }

  @ParameterizedTest
  @CsvSource({"0, 101", "1, 100", "101, 0", "-1, 5", "5, -1", "9223372036854775807, 1"})
  void aWindowThatReachesBeyondTheSourceIsRefused(long offset, long size) {
    assertThrows(IndexOutOfBoundsException.class, () -> WindowSource.of(disk, offset, size));
  }

  @Test
  void allOfTheSourceIsTheSource() {
    assertSame(disk, WindowSource.of(disk, 0, 100));
  }

  @Test
  void readsEndWhereTheWindowDoes() throws IOException {
    Source window = WindowSource.of(disk, 30, 40);
    ByteBuffer buffer = ByteBuffer.allocate(60);
    assertEquals(30, window.read(buffer, 10));
    assertEquals(60, buffer.limit());
    assertArrayEquals(
        Arrays.copyOfRange(BYTES, 40, 70), Arrays.copyOf(buffer.array(), buffer.position()));
    assertEquals(0, window.read(buffer, 40));
    assertEquals(List.of("read 40-70", "read 70-70"), disk.log);
  }

  @Test
  void transfersEndWhereTheWindowDoes() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Source window = WindowSource.of(disk, 30, 40);
    assertEquals(35, window.transferTo(5, 50, Channels.newChannel(out)));
    assertArrayEquals(Arrays.copyOfRange(BYTES, 35, 70), out.toByteArray());
  }

  @Test
  void adviceAndResidencyAreMeantForTheSourcesBytes() throws IOException {
    Source window = WindowSource.of(disk, 30, 40);
    window.willNeed(3, 7);
    window.residency(BytesSource.extents(0, 4, 30, 40).walk());
    assertEquals(List.of("advice 33-40", "residency 30-34 60-70"), disk.log);
  }

  @Test
  void aWindowOfAWindowIsOneOfTheSource() throws IOException {
    Source inner = WindowSource.of(WindowSource.of(disk, 20, 80), 5, 70);
    assertEquals(70, inner.size());
    assertEquals(100, inner.identifiedSize());
    assertEquals(OptionalLong.of(25), inner.positionInFile());
    assertEquals("0-5 65-70", BytesSource.text(inner.dataExtents()));
    ByteBuffer buffer = ByteBuffer.allocate(1);
    inner.read(buffer, 69);
    assertEquals(95, buffer.get(0));
  }

  @Test
  void nameIdentityAndEndAreTheSources() throws IOException {
    Source window = WindowSource.of(disk, 1, 2);
    assertEquals("disk.raw", window.name());
    assertEquals(disk.identity(), window.identity());
    window.close();
    assertTrue(disk.closed);
  }

  @Test
  void whatTheSourceHasTestedIsNotTestedForTheWindow() {
    Source tested =
        new ForwardingSource(disk) {
          @Override
          public long testedBlockSize() {
            return 512;
          }
        };
    // Its blocks lie across the window's.
    assertEquals(0, WindowSource.of(tested, 1, 50).testedBlockSize());
  }
}
