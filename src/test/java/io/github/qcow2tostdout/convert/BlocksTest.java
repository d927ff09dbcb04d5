package io.github.qcow2tostdout.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlocksTest {
  @ParameterizedTest
  @CsvSource({
    "0, 512, 512",
    "511, 512, 512",
    "512, 512, 1024",
    "9223372036854775294, 512, 9223372036854775296",
    "9223372036854775295, 512, 9223372036854775296",
    "9223372036854775296, 512, 9223372036854775807",
    "9223372036854775806, 16777216, 9223372036854775807"
  })
  void aBlockEndsBehindItsLastByteOrWhereNumbersDo(long offset, long size, long end) {
    assertEquals(end, Blocks.end(offset, size));
  }
}
