package io.github.qcow2tostdout.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Seeds;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReferenceCountsTest {
  private static final int SIZE = 100_000;
  private static final long SEED = Seeds.seed();

  @Test
  void countsAreThoseOfAPlainArray() {
    Random random = new Random(SEED);
    for (int round = 0; round < 20; round++) {
      long[] plain = new long[SIZE];
      ReferenceCounts counts = new ReferenceCounts(SIZE);
      for (int i = 0; i < 60; i++) {
        int from = random.nextInt(SIZE);
        int to = from + random.nextInt(SIZE - from + 1);
        switch (random.nextInt(3)) {
          case 0 -> {
            int expected = from;
            while (expected < to && plain[expected] == 0) {
              plain[expected] = 1;
              expected++;
            }
            assertEquals(expected, counts.setOnes(from, to), "seed " + SEED);
          }
          case 1 -> {
            long amount = random.nextLong(1L << random.nextInt(40));
            long max = 1L << 20;
            long before = plain[from];
            plain[from] = before + Math.min(amount, Math.max(0, max - before));
            if (before <= max) {
              assertEquals(Math.max(0, before + amount - max), counts.add(from, amount, max));
            } else {
              plain[from] = before;
            }
          }
          default -> {
            long value = random.nextInt(4) == 0 ? random.nextLong(1L << 20) : random.nextInt(2);
            counts.set(from, value);
            plain[from] = value;
          }
        }
        boolean ones = true;
        for (int at = from; at < to; at++) {
          ones &= plain[at] == 1;
        }
        assertEquals(ones, counts.areOnes(from, to), "seed " + SEED);
      }
      int last = -1;
      for (int at = 0; at < SIZE; at++) {
        assertEquals(plain[at], counts.get(at), "seed " + SEED);
        last = plain[at] == 0 ? last : at;
      }
      assertEquals(last, counts.lastNonZero(SIZE));
    }
  }

  @Test
  void mismatchIsFoundAcrossWidths() {
    ReferenceCounts one = new ReferenceCounts(SIZE);
    ReferenceCounts other = new ReferenceCounts(SIZE);
    one.setOnes(0, SIZE);
    other.setOnes(0, SIZE);
    assertEquals(SIZE, one.mismatch(other, 0, SIZE));
    other.set(40_000, 1000);
    assertEquals(40_000, one.mismatch(other, 0, SIZE));
    other.set(40_000, 1);
    assertEquals(SIZE, one.mismatch(other, 0, SIZE));
    assertTrue(one.areOnes(0, SIZE));
  }
}
