package io.github.qcow2tostdout.cli.option;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1, 1",
    "007, 7",
    "65536, 65536",
    "0K, 0",
    "64K, 65536",
    "64k, 65536",
    "2M, 2097152",
    "2m, 2097152",
    "3G, 3221225472",
    "3g, 3221225472",
    "1T, 1099511627776",
    "1t, 1099511627776",
    "999999999999999999, 999999999999999999",
    "8388607T, 9223370937343148032",
    "9007199254740991K, 9223372036854774784",
  })
  void aSizeIsRead(String text, long bytes) {
    assertEquals(OptionalLong.of(bytes), ByteSize.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "K",
        "-1",
        "+1",
        " 1",
        "1 ",
        "1.5K",
        "1KB",
        "1KiB",
        "1P",
        "1E",
        "1B",
        "0x10",
        "1e3",
        "1,000",
        "\u0661",
        "1\u212a",
        "1000000000000000000",
        "9223372036854775808",
        "8388608T",
        "9007199254740992K",
        "99999999999999999999999999999999"
      })
  void whatIsNoSizeOrTooLargeIsRefused(String text) {
    assertEquals(OptionalLong.empty(), ByteSize.parse(text));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "512, 512", "1024, 1K", "65536, 64K", "524288, 512K", "2097152, 2M"})
  void aPowerOfTwoIsSpeltShort(long size, String spelling) {
    assertEquals(spelling, ByteSize.of(size));
  }

  @Test
  void everySpellingCanBeReadBack() {
    for (int bits = 0; bits < 50; bits++) {
      assertEquals(OptionalLong.of(1L << bits), ByteSize.parse(ByteSize.of(1L << bits)));
    }
  }
}
