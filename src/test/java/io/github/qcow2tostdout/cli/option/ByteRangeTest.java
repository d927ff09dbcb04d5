package io.github.qcow2tostdout.cli.option;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteRangeTest {
  private static final long IMAGE = 10_000;

  @ParameterizedTest
  @CsvSource({
    "0-0, 0, 0",
    "0-1, 0, 1",
    "5-5, 5, 5",
    "3-10000, 3, 10000",
    "10000-10000, 10000, 10000",
    "0-, 0, 10000",
    "7-, 7, 10000",
    "10000-, 10000, 10000",
    "-0, 0, 0",
    "-9, 0, 9",
    "-10000, 0, 10000",
    "1K-2K, 1024, 2048",
    "1k-, 1024, 10000",
    "-4K, 0, 4096",
    "1000-1K, 1000, 1024",
  })
  void aRangeIsRead(String text, long from, long to) {
    ByteRange range = ByteRange.parse(text);
    assertEquals(from, range.from());
    assertEquals(to, range.endIn(IMAGE));
    assertEquals("--range " + text, range.spelling());
  }

  @ParameterizedTest
  @CsvSource({"1G-2G, 1073741824, 2147483648", "1T-2T, 1099511627776, 2199023255552"})
  void largeSuffixesAreRead(String text, long from, long to) {
    ByteRange range = ByteRange.parse(text);
    assertEquals(from, range.from());
    assertEquals(to, range.endIn(Long.MAX_VALUE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "5",
        "--5",
        "5--",
        "5-6-7",
        "a-b",
        "1-b",
        "a-1",
        " 1-2",
        "1 - 2",
        "1P-",
        "1000000000000000000-",
        "-1000000000000000000",
        "0-8388608T",
        "1:2",
        "1..2"
      })
  void whatIsNoRangeIsRefusedWithTheForms(String text) {
    String message = refused(() -> ByteRange.parse(text));
    assertTrue(message.startsWith("--range " + text + " is not FROM-TO, FROM- or -TO"), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1-0", "1K-1023", "1M-1K"})
  void anEndBeforeTheStartIsRefused(String text) {
    assertEquals(
        "--range " + text + " is backwards: FROM must not be behind TO",
        refused(() -> ByteRange.parse(text)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"10001-", "0-10001", "-10001", "10001-10001", "20K-30K"})
  void aRangeBeyondTheEndIsRefusedWithTheImagesSize(String text) {
    ByteRange range = ByteRange.parse(text);
    assertEquals(
        "--range " + text + " goes beyond the end of the image, which has 10000 bytes",
        refused(() -> range.endIn(IMAGE)));
  }

  @Test
  void withoutARangeEverythingIsMeant() {
    assertEquals(0, ByteRange.ALL.from());
    assertEquals(IMAGE, ByteRange.ALL.endIn(IMAGE));
  }

  private static String refused(Runnable deed) {
    return assertThrows(IllegalArgumentException.class, deed::run).getMessage();
  }
}
