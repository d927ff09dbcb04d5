package io.github.qcow2tostdout.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qcow2tostdout.testing.Hex;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RefcountEntriesTest {
  private static final int MOST_ONES = 200;

  /** Sets one entry after the other to 1 where the specification says that it lies. */
  private static byte[] model(int refcountOrder, int ones, int size) {
    byte[] list = new byte[size];
    for (int entry = 0; entry < ones; entry++) {
      switch (refcountOrder) {
        case 0 -> list[entry / 8] |= (byte) (1 << entry % 8);
        case 1 -> list[entry / 4] |= (byte) (1 << (2 * (entry % 4)));
        case 2 -> list[entry / 2] |= (byte) (1 << (4 * (entry % 2)));
        case 3 -> list[entry] = 1;
        case 4 -> list[2 * entry + 1] = 1;
        case 5 -> list[4 * entry + 3] = 1;
        case 6 -> list[8 * entry + 7] = 1;
        default -> throw new AssertionError(refcountOrder);
      }
    }
    return list;
  }

  private static byte[] written(int refcountOrder, long offset, long ones, int size) {
    ByteBuffer buffer = ByteBuffer.allocate(size);
    while (buffer.hasRemaining()) {
      buffer.put((byte) 0xee);
    }
    RefcountEntries.writeOnes(buffer.flip(), refcountOrder, offset, ones);
    assertEquals(0, buffer.remaining());
    return buffer.array();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
  void anyPartIsThatPartOfTheListSetEntryByEntry(int refcountOrder) {
    int size = ((MOST_ONES << refcountOrder) / 8 + 64) & -8;
    for (int ones = 0; ones <= MOST_ONES; ones++) {
      byte[] list = model(refcountOrder, ones, size);
      for (int offset = 0; offset < size; offset += 8) {
        for (int length : new int[] {0, 8, 24, size - offset}) {
          if (offset + length <= size) {
            assertArrayEquals(
                Arrays.copyOfRange(list, offset, offset + length),
                written(refcountOrder, offset, ones, length),
                "ones " + ones + " offset " + offset + " length " + length);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, 01 00 00 00 00 00 00 00",
    "0, 3, 07 00 00 00 00 00 00 00",
    "0, 8, ff 00 00 00 00 00 00 00",
    "0, 9, ff 01 00 00 00 00 00 00",
    "0, 63, ff ff ff ff ff ff ff 7f",
    "0, 64, ff ff ff ff ff ff ff ff",
    "1, 1, 01 00 00 00 00 00 00 00",
    "1, 3, 15 00 00 00 00 00 00 00",
    "1, 5, 55 01 00 00 00 00 00 00",
    "2, 1, 01 00 00 00 00 00 00 00",
    "2, 2, 11 00 00 00 00 00 00 00",
    "2, 3, 11 01 00 00 00 00 00 00",
    "3, 3, 01 01 01 00 00 00 00 00",
    "4, 3, 00 01 00 01 00 01 00 00",
    "5, 1, 00 00 00 01 00 00 00 00",
    "6, 1, 00 00 00 00 00 00 00 01"
  })
  void narrowEntriesFillAByteFromItsLeastSignificantBitAndWideOnesAreBigEndian(
      int refcountOrder, int ones, String golden) {
    assertEquals(Hex.dump(Hex.bytes(golden)), Hex.dump(written(refcountOrder, 0, ones, 8)));
  }

  @Test
  void writingStartsAtTheBuffersPosition() {
    ByteBuffer buffer = ByteBuffer.allocate(24).position(8).limit(16);
    RefcountEntries.writeOnes(buffer, 3, 0, 100);
    assertEquals(
        Hex.dump(Hex.bytes("00".repeat(8) + "01".repeat(8) + "00".repeat(8))),
        Hex.dump(buffer.array()));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
  void farPartsAreCountedIn64Bits(int refcountOrder) {
    long perWord = 64L >> refcountOrder;
    long words = 1L << 40;
    byte[] lastAndFirst = written(refcountOrder, (words - 1) * 8, words * perWord, 16);
    assertArrayEquals(
        model(refcountOrder, (int) perWord, 16), lastAndFirst, "the last whole word, then none");
    assertArrayEquals(
        model(refcountOrder, 1, 8), written(refcountOrder, words * 8, words * perWord + 1, 8));
  }
}
