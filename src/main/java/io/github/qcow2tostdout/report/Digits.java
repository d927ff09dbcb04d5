package io.github.qcow2tostdout.report;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * Decimal digits of numbers, put into bytes, with as few divisions as can be: a large dump has
 * billions of digits.
 */
final class Digits {
  /** The most that a number takes. */
  static final int MAX = 20;

  private static final byte[] TEN = "0123456789".getBytes(ISO_8859_1);
  private static final byte[] PAIRS = pairs();
  private static final long[] POWERS = powers();
  private static final long TEN_TO_8 = 100_000_000;

  private Digits() {}

  private static byte[] pairs() {
    byte[] pairs = new byte[200];
    for (int i = 0; i < 100; i++) {
      pairs[2 * i] = TEN[i / 10];
      pairs[2 * i + 1] = TEN[i % 10];
    }
    return pairs;
  }

  private static long[] powers() {
    long[] powers = new long[MAX - 1];
    long power = 1;
    for (int i = 0; i < powers.length; i++) {
      powers[i] = power;
      power *= 10;
    }
    return powers;
  }

  /**
   * Puts an unsigned number.
   *
   * @param at index of the first digit; {@link #MAX} have to fit
   * @return index behind the last
   */
  static int decimal(byte[] buffer, int at, long number) {
    if (number < 0) {
      long tenth = Long.divideUnsigned(number, 10);
      int last = decimal(buffer, at, tenth);
      buffer[last] = TEN[(int) (number - tenth * 10)];
      return last + 1;
    }
    int end = at + count(number);
    before(buffer, end, number);
    return end;
  }

  /** How many digits a number has that is not negative. */
  static int count(long number) {
    int count = 1;
    while (count < POWERS.length && number >= POWERS[count]) {
      count++;
    }
    return count;
  }

  /** Puts a number that is not negative, its last digit before an index. */
  static void before(byte[] buffer, int end, long number) {
    int to = end;
    long rest = number;
    while (rest >= TEN_TO_8) {
      long high = rest / TEN_TO_8;
      int low = (int) (rest - high * TEN_TO_8);
      for (int i = 0; i < 4; i++) {
        low = pair(buffer, to, low);
        to -= 2;
      }
      rest = high;
    }
    int low = (int) rest;
    while (low >= 10) {
      low = pair(buffer, to, low);
      to -= 2;
    }
    if (low > 0 || to == end) {
      buffer[to - 1] = TEN[low];
    }
  }

  /** Puts the last two digits in front of an index, and returns the number without them. */
  private static int pair(byte[] buffer, int to, int number) {
    // A hundredth, for all numbers of 32 bits.
    int hundredth = (int) ((number * 0x51eb_851fL) >>> 37);
    int pair = (number - hundredth * 100) * 2;
    buffer[to - 2] = PAIRS[pair];
    buffer[to - 1] = PAIRS[pair + 1];
    return hundredth;
  }
}
