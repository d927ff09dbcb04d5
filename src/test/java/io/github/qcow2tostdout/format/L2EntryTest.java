package io.github.qcow2tostdout.format;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class L2EntryTest {
  @ParameterizedTest
  @CsvSource({
    "00000000, 00000000, 0000000000000000",
    "ffffffff, 00000000, 00000000ffffffff",
    "00000000, ffffffff, ffffffff00000000",
    "00000001, 80000000, 8000000000000001",
    "80000000, 00000001, 0000000180000000",
  })
  void bitmapHasAllocatedSubclustersBelowThoseOfZeroes(
      String allocated, String zero, String bitmap) {
    int allocatedBits = Integer.parseUnsignedInt(allocated, 16);
    int zeroBits = Integer.parseUnsignedInt(zero, 16);
    long value = L2Entry.bitmap(allocatedBits, zeroBits);
    assertEquals(bitmap, "%016x".formatted(value));
    assertEquals(allocatedBits, L2Entry.allocatedSubclusters(value));
    assertEquals(zeroBits, L2Entry.zeroSubclusters(value));
  }
}
