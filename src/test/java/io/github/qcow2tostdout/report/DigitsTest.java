package io.github.qcow2tostdout.report;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qcow2tostdout.testing.Seeds;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Digits against those of the JDK. */
class DigitsTest {
  /** All powers of two and of ten, with what is around them, and others of every length. */
  private static LongStream numbers() {
    Random random = Seeds.random(DigitsTest.class);
    LongStream two = LongStream.range(0, 64).map(i -> 1L << i);
    LongStream ten = LongStream.iterate(1, p -> p * 10).limit(20);
    LongStream near = LongStream.concat(two, ten).flatMap(n -> LongStream.of(n - 1, n, n + 1));
    LongStream any = random.longs(100_000).map(n -> n >>> random.nextInt(64));
    return LongStream.concat(LongStream.range(0, 100_000), LongStream.concat(near, any));
  }

  @Test
  void decimalDigitsAreThoseOfUnsignedNumbers() {
    byte[] buffer = new byte[3 + Digits.MAX];
    numbers()
        .forEach(number -> {
          int end = Digits.decimal(buffer, 3, number);
          assertEquals(Long.toUnsignedString(number), new String(buffer, 3, end - 3, ISO_8859_1));
        });
  }
}
