package io.github.qcow2tostdout.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HumanSizeTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 bytes",
    "1, 1 byte",
    "1023, 1023 bytes",
    "1024, 1 KiB",
    "1030, 1.01 KiB",
    "1126, 1.1 KiB",
    "10188, 9.95 KiB",
    "10239, 10 KiB",
    "102348, 99.9 KiB",
    "102398, 100 KiB",
    "1376256, 1.31 MiB",
    "1048063, 1023 KiB",
    "1048064, 1 MiB",
    "65536, 64 KiB",
    "1099511627776, 1 TiB",
    "9223372036854775807, 8 EiB"
  })
  void threeDigitsAndAUnit(long bytes, String text) {
    assertEquals(text, HumanSize.of(bytes));
  }

  @Test
  void bytesAreSaidWhereTheyAreNotTheSame() {
    assertEquals("512 bytes", HumanSize.withBytes(512));
    assertEquals("1.31 MiB (1376256 bytes)", HumanSize.withBytes(1376256));
  }
}
