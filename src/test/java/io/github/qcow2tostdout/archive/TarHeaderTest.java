package io.github.qcow2tostdout.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TarHeaderTest {
  private static final TarAttributes USUAL = TarAttributes.DEFAULTS;
  private static final long GIB = 1L << 30;

  private static String text(byte[] header, int offset, int length) {
    return new String(header, offset, length, UTF_8);
  }

  /** A field as text, up to the zero byte that ends it. */
  private static String field(byte[] header, int offset, int length) {
    String field = text(header, offset, length);
    return field.indexOf('\0') < 0 ? field : field.substring(0, field.indexOf('\0'));
  }

  private static String records(byte[] headers) {
    assertEquals('x', headers[156]);
    return text(headers, 512, Integer.parseInt(field(headers, 124, 12), 8));
  }

  @Test
  void theFieldsAreWhereUstarHasThem() {
    byte[] header =
        TarHeader.ofFile("disk.qcow2", 1_234_567, new TarAttributes(0600, 1000, 100, 86_400));
    assertEquals(512, header.length);
    assertEquals("disk.qcow2", field(header, 0, 100));
    assertEquals("0000600\0", text(header, 100, 8));
    assertEquals("0001750\0", text(header, 108, 8));
    assertEquals("0000144\0", text(header, 116, 8));
    assertEquals("00004553207\0", text(header, 124, 12));
    assertEquals("00000250600\0", text(header, 136, 12));
    assertEquals("0", text(header, 156, 1));
    assertEquals("ustar\00000", text(header, 257, 8));
    assertEquals("", field(header, 345, 155));
  }

  @Test
  void theChecksumIsTheSumWithBlanksInItsPlace() {
    byte[] header = TarHeader.ofFile("a", 1, USUAL);
    int sum = 0;
    for (int i = 0; i < header.length; i++) {
      sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xff;
    }
    assertEquals("%06o\0 ".formatted(sum), text(header, 148, 8));
  }

  @Test
  void aDirectoryMayBeEntered() {
    byte[] header = TarHeader.ofDirectory("disk/", USUAL);
    assertEquals("5", text(header, 156, 1));
    assertEquals("0000755\0", text(header, 100, 8));
    assertEquals("00000000000\0", text(header, 124, 12));
  }

  @Test
  void oneByteBelow8GibIsTheLastSizeOfUstar() {
    byte[] header = TarHeader.ofFile("a", 8 * GIB - 1, USUAL);
    assertEquals(512, header.length);
    assertEquals("77777777777\0", text(header, 124, 12));
  }

  @ParameterizedTest
  @ValueSource(longs = {8 * GIB, 8 * GIB + 1, 10_000_000_000L, Long.MAX_VALUE})
  void from8GibOnTheSizeIsInARecord(long size) {
    byte[] headers = TarHeader.ofFile("a", size, USUAL);
    assertEquals(3 * 512, headers.length);
    String record = records(headers);
    assertTrue(record.endsWith(" size=" + size + "\n"), record);
    assertEquals(record.length(), Integer.parseInt(record.substring(0, record.indexOf(' '))));
    assertEquals("00000000000\0", text(headers, 1024 + 124, 12));
    assertEquals("a", field(headers, 1024, 100));
  }

  @Test
  void aNameOf100BytesFits() {
    byte[] header = TarHeader.ofFile("n".repeat(100), 1, USUAL);
    assertEquals(512, header.length);
    assertEquals("n".repeat(100), text(header, 0, 100));
  }

  @Test
  void aLongerNameIsSplitAtASlash() {
    byte[] header = TarHeader.ofFile("p".repeat(155) + "/" + "n".repeat(100), 1, USUAL);
    assertEquals(512, header.length);
    assertEquals("n".repeat(100), text(header, 0, 100));
    assertEquals("p".repeat(155), text(header, 345, 155));
  }

  @ParameterizedTest
  @ValueSource(ints = {101, 200, 981, 982, 983, 984, 3000})
  void aNameThatCantBeSplitIsInARecord(int length) {
    String name = "n".repeat(length);
    byte[] headers = TarHeader.ofFile(name, 1, USUAL);
    String record = records(headers);
    assertTrue(record.endsWith(" path=" + name + "\n"), record);
    assertEquals(record.length(), Integer.parseInt(record.substring(0, record.indexOf(' '))));
    assertEquals(0, headers.length % 512);
  }

  @Test
  void bytesCountNotCharacters() {
    String name = "ü".repeat(51);
    byte[] headers = TarHeader.ofFile(name, 1, USUAL);
    String record = records(headers);
    assertEquals("112 path=" + name + "\n", record);
  }

  @Test
  void numbersBeyondUstarAreInRecords() {
    byte[] fits = TarHeader.ofFile("a", 1, new TarAttributes(0644, 2_097_151, 2_097_151, 0));
    assertEquals(512, fits.length);
    byte[] headers =
        TarHeader.ofFile("a", 1, new TarAttributes(0644, 2_097_152, 4_000_000_000L, 0));
    assertEquals("15 uid=2097152\n18 gid=4000000000\n", records(headers));
    assertEquals("0000000\0", text(headers, 1024 + 108, 8));
  }

  @Test
  void whatNoTarCanSayIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new TarAttributes(010000, 0, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new TarAttributes(0644, -1, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new TarAttributes(0644, 0, 1L << 32, 0));
    assertThrows(IllegalArgumentException.class, () -> new TarAttributes(0644, 0, 0, 1L << 33));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 511, 512, 513, 8704, 8705, 9216, 9217, 10240, 8 * GIB, 8 * GIB + 1})
  void theTarEndsWithTwoBlocksOfZeroesAtARecord(long size) {
    TarMember tar = new TarMember("a", USUAL);
    long header = TarHeader.ofFile("a", size, USUAL).length;
    long padded = header + -Math.floorDiv(-size, 512) * 512;
    assertEquals(0, tar.streamSize(size) % 10240);
    assertTrue(tar.streamSize(size) >= padded + 1024, "two blocks");
    assertTrue(tar.streamSize(size) < padded + 1024 + 10240, "no record too many");
  }
}
