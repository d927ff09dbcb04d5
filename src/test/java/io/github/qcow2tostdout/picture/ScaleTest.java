package io.github.qcow2tostdout.picture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScaleTest {
  @ParameterizedTest
  @CsvSource({
    "1, 1, 1",
    "7, 1, 16",
    "65537, 65536, 4",
    "1048576, 65536, 5",
    "1000, 512, 228",
    "17592186044416, 65536, 4096",
    "9223372036854775807, 1, 4096",
    "9223372036854775807, 2097152, 228",
  })
  void thePartsAreTheRangeAndEachByteIsInItsPart(long size, long unit, int count) {
    Scale scale = new Scale(size, unit, count);
    assertEquals(0, scale.start(0));
    assertEquals(size, scale.start(count));
    for (int part = 0; part < count; part++) {
      long start = scale.start(part);
      assertTrue(scale.length(part) >= 0, () -> "part at " + start);
      assertTrue(start % unit == 0 || start == size, () -> "part at " + start);
      if (scale.length(part) > 0) {
        assertEquals(part, scale.partOf(start));
        assertEquals(part, scale.partOf(scale.start(part + 1) - 1));
      }
    }
  }
}
