package io.github.qcow2tostdout.format;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qcow2tostdout.testing.Hex;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeaderExtensionTest {
  /** As QEMU writes it: type, length, then for each feature kind, bit and 46 bytes of name. */
  private static final String FEATURE_NAME_TABLE =
      """
      68 03 f8 57 00 00 01 80
      00 00 64 69 72 74 79 20 62 69 74 00 00 00 00 00  | dirty bit
      00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
      00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
      00 01 63 6f 72 72 75 70 74 20 62 69 74 00 00 00  | corrupt bit
      00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
      00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
      00 02 65 78 74 65 72 6e 61 6c 20 64 61 74 61 20  | external data file
      66 69 6c 65 00 00 00 00 00 00 00 00 00 00 00 00
      00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
      00 03 63 6f 6d 70 72 65 73 73 69 6f 6e 20 74 79  | compression type
      70 65 00 00 00 00 00 00 00 00 00 00 00 00 00 00
      00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
      00 04 65 78 74 65 6e 64 65 64 20 4c 32 20 65 6e  | extended L2 entries
      74 72 69 65 73 00 00 00 00 00 00 00 00 00 00 00
      00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
      01 00 6c 61 7a 79 20 72 65 66 63 6f 75 6e 74 73  | lazy refcounts
      00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
      00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
      02 00 62 69 74 6d 61 70 73 00 00 00 00 00 00 00  | bitmaps
      00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
      00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
      02 01 72 61 77 20 65 78 74 65 72 6e 61 6c 20 64  | raw external data
      61 74 61 00 00 00 00 00 00 00 00 00 00 00 00 00
      00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
      """;

  private static void assertWritten(String golden, HeaderExtension extension) {
    byte[] expected = Hex.bytes(golden);
    ByteBuffer buffer = ByteBuffer.allocate(expected.length + 16).position(8);
    extension.write(buffer);
    assertEquals(8 + expected.length, buffer.position());
    assertEquals(expected.length, extension.size());
    assertEquals(
        Hex.dump(Hex.bytes("00".repeat(8) + "\n" + golden + "\n" + "00".repeat(8))),
        Hex.dump(buffer.array()));
  }

  @Test
  void featureNameTableIsItsGoldenBytes() {
    assertWritten(FEATURE_NAME_TABLE, HeaderExtension.featureNameTable());
  }

  @Test
  void endIsEightZeroes() {
    assertWritten("00 00 00 00  00 00 00 00", HeaderExtension.end());
  }

  @ParameterizedTest
  @CsvSource({
    "raw, e2 79 2a ca  00 00 00 03  72 61 77 00 00 00 00 00",
    "qcow2, e2 79 2a ca  00 00 00 05  71 63 6f 77 32 00 00 00",
  })
  void backingFormatIsItsName(String format, String golden) {
    assertWritten(golden, HeaderExtension.backingFormat(format));
  }

  @Test
  void dataFileNameIsPaddedAndItsLengthDoesNotCountThePadding() {
    assertWritten(
        "44 41 54 41  00 00 00 05  61 2e 72 61 77 00 00 00", HeaderExtension.dataFileName("a.raw"));
  }

  @Test
  void dataFileNameOfEightBytesHasNoPaddingAndNoNul() {
    assertWritten(
        "44 41 54 41  00 00 00 08  64 69 73 6b 2e 72 61 77",
        HeaderExtension.dataFileName("disk.raw"));
  }

  @Test
  void dataFileNameIsUtf8AndItsLengthIsInBytes() {
    assertWritten(
        "44 41 54 41  00 00 00 09  c3 a4 e2 82 ac 2e 72 61  77 00 00 00 00 00 00 00",
        HeaderExtension.dataFileName("ä€.raw"));
  }

  @ParameterizedTest
  @CsvSource({"1, 16", "7, 16", "8, 16", "9, 24", "16, 24", "17, 32"})
  void sizeIsAMultipleOf8(int nameLength, long size) {
    assertEquals(size, HeaderExtension.dataFileName("n".repeat(nameLength)).size());
  }
}
