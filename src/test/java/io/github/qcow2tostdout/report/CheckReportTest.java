package io.github.qcow2tostdout.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qcow2tostdout.testing.Seeds;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Percentages against exact arithmetic, which is what C prints. */
class CheckReportTest {
  private static String exact(long part, long whole) {
    return new BigDecimal(part * 100.0 / whole).setScale(2, RoundingMode.HALF_EVEN).toPlainString();
  }

  @ParameterizedTest
  @CsvSource({
    "1, 160, 0.62",
    "3, 160, 1.88",
    "1, 800, 0.12",
    "3, 800, 0.38",
    "8, 256, 3.12",
    "0, 7, 0.00",
    "1, 7, 14.29",
    "7, 7, 100.00",
    "9, 7, 128.57",
    "1, 100000, 0.00",
    "1, 2000, 0.05",
    "1, 1000, 0.10",
  })
  void percentHasTwoDigits(long part, long whole, String expected) {
    assertEquals(expected, CheckReport.percent(part, whole));
    assertEquals(expected, exact(part, whole));
  }

  @Test
  void percentIsRoundedAsIfItWereExact() {
    Random random = Seeds.random(CheckReportTest.class);
    for (int i = 0; i < 300_000; i++) {
      // Multiples of 2^-n have exact halves, and numbers beside them.
      long whole = 1 + (random.nextBoolean() ? random.nextLong(1L << 40) : random.nextInt(20_000));
      long part = random.nextLong(whole + 1);
      assertEquals(exact(part, whole), CheckReport.percent(part, whole));
      long tie = 25L << random.nextInt(30);
      assertEquals(exact(i, tie), CheckReport.percent(i, tie), i + " of " + tie);
    }
  }
}
