package io.github.qcow2tostdout.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Seeds;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The set against one of the JDK, and at its limit. */
class OffsetSetTest {
  @Test
  void isASet() {
    Random random = Seeds.random(OffsetSetTest.class);
    OffsetSet set = new OffsetSet();
    Set<Long> expected = new HashSet<>();
    for (int i = 0; i < 100_000; i++) {
      long offset = random.nextLong(random.nextBoolean() ? 1000 : Long.MAX_VALUE);
      assertEquals(expected.add(offset), set.add(offset));
    }
  }

  @Test
  void takesNothingMoreAtItsLimit() {
    OffsetSet set = new OffsetSet();
    int limit = 3 << 20;
    for (long offset = 0; offset < limit + 10; offset++) {
      assertTrue(set.add(offset));
    }
    assertFalse(set.add(limit - 1));
    assertTrue(set.add(limit), "was not taken, and so is new again");
  }
}
