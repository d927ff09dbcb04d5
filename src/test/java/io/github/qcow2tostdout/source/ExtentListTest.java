package io.github.qcow2tostdout.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Seeds;
import java.io.IOException;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExtentListTest {
  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "5-5, ''",
    "0-5, 0-5",
    "0-5 5-9, 0-9",
    "0-5 6-9, 0-5 6-9",
    "6-9 0-5, 0-5 6-9",
    "5-9 0-5, 0-9",
    "0-9 3-4, 0-9",
    "3-4 0-9, 0-9",
    "0-5 0-5, 0-5",
    "0-5 3-9, 0-9",
    "8-9 0-1 4-5 2-3, 0-1 2-3 4-5 8-9",
    "0-9 1-2 20-30 3-4, 0-9 20-30",
    "20-30 0-9 9-20, 0-30",
    "9223372036854775806-9223372036854775807 0-1, 0-1 9223372036854775806-9223372036854775807",
  })
  void rangesInAnyOrderBecomeTheirUnion(String ranges, String union) throws IOException {
    ExtentList list = list(ranges);
    assertEquals(union, BytesSource.text(list.walk()));
    assertEquals(union.isEmpty() ? 0 : union.split(" ").length, list.count());
    assertEquals(union, BytesSource.text(list.walk()), "a second walk");
  }

  private static ExtentList list(String ranges) {
    ExtentList.Builder builder = new ExtentList.Builder();
    for (String range : ranges.isEmpty() ? new String[0] : ranges.split(" ")) {
      String[] bounds = range.split("-");
      builder.add(Long.parseLong(bounds[0]), Long.parseLong(bounds[1]));
    }
    return builder.build();
  }

  @Test
  void aWalkThatHasEndedHasEndedForGood() throws IOException {
    DataExtents walk = list("0-5").walk();
    walk.next();
    assertFalse(walk.next());
    assertFalse(walk.next());
  }

  @Test
  void theEndIsThatOfTheLast() {
    assertEquals(0, list("").end());
    assertEquals(9, list("6-9 0-5").end());
  }

  @Test
  void theExtentBehindAnOffsetIsFound() {
    ExtentList list = list("2-4 6-9");
    assertEquals(0, list.firstEndingBehind(0));
    assertEquals(0, list.firstEndingBehind(3));
    assertEquals(1, list.firstEndingBehind(4));
    assertEquals(1, list.firstEndingBehind(8));
    assertEquals(2, list.firstEndingBehind(9));
  }

  @Test
  void randomRangesBecomeTheirUnion() throws IOException {
    Random random = Seeds.random(ExtentListTest.class);
    for (int round = 0; round < 2000; round++) {
      BitSet expected = new BitSet();
      ExtentList.Builder builder = new ExtentList.Builder();
      int last = 0;
      boolean ascending = random.nextBoolean();
      for (int count = random.nextInt(60); count > 0; count--) {
        int from = ascending ? last + random.nextInt(5) : random.nextInt(300);
        int to = from + random.nextInt(12);
        last = to;
        builder.add(from, to);
        expected.set(from, to);
      }
      BitSet got = new BitSet();
      DataExtents walk = builder.build().walk();
      for (long end = -1; walk.next(); end = walk.to()) {
        assertTrue(end < walk.from(), "neighbours are joined");
        got.set((int) walk.from(), (int) walk.to());
      }
      assertEquals(expected, got);
    }
  }
}
