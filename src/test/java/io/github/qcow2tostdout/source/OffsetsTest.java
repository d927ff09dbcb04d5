package io.github.qcow2tostdout.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OffsetsTest {
  private static final long MAX = Long.MAX_VALUE;

  @ParameterizedTest
  @CsvSource({
    "0, 0, 0, 0",
    "1, 2, 10, 3",
    "5, 5, 10, 10",
    "5, 6, 10, 10",
    "10, 1, 10, 10",
    "9223372036854775806, 1, 9223372036854775807, 9223372036854775807",
    "9223372036854775806, 2, 9223372036854775807, 9223372036854775807",
    "9223372036854775807, 9223372036854775807, 9223372036854775807, 9223372036854775807",
  })
  void aSumGoesToTheLimit(long offset, long count, long limit, long expected) {
    assertEquals(expected, Offsets.sum(offset, count, limit));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 512, 5000, 512",
    "511, 512, 5000, 512",
    "512, 512, 5000, 1024",
    "4900, 512, 5000, 5000",
    "9223372036854775295, 512, 9223372036854775807, 9223372036854775296",
    "9223372036854775296, 512, 9223372036854775807, 9223372036854775807",
    "9223372036854775806, 2097152, 9223372036854775807, 9223372036854775807",
  })
  void aMultipleLiesBehindTheOffset(long offset, long unit, long limit, long expected) {
    assertEquals(expected, Offsets.nextMultiple(offset, unit, limit));
    assertEquals(MAX, Offsets.nextMultiple(MAX - 1, unit, MAX));
  }
}
