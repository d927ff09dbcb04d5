package io.github.qcow2tostdout.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Answers about holes, and how many questions they take. */
class HoleMapTest {
  /** A file of 1000 bytes that is a hole from 100 to 900. */
  private static final class OneHole implements Holes {
    private int questions;

    @Override
    public long nextData(long offset) {
      questions++;
      return offset < 100 ? offset : offset < 900 ? 900 : offset < 1000 ? offset : Long.MAX_VALUE;
    }

    @Override
    public long nextHole(long offset) {
      return offset < 100 ? 100 : 1000;
    }

    @Override
    public void close() {}
  }

  private final OneHole holes = new OneHole();

  private static HoleMap asking(Holes holes) {
    HoleMap map = new HoleMap(holes);
    map.wasRead(HoleMap.UNASKED - 1);
    assertFalse(map.holds(100, 1));
    map.wasRead(1);
    return map;
  }

  @Test
  void theFirstBytesAreReadWithoutAQuestion() {
    asking(holes);
    assertEquals(0, holes.questions);
  }

  @Test
  void ofSmallRangesThereMayNotBeAnyNumber() {
    HoleMap map = new HoleMap(holes);
    for (long i = 0; i < HoleMap.UNASKED / HoleMap.LEAST; i++) {
      assertFalse(map.holds(100, 1));
      map.wasRead(1);
    }
    assertEquals(0, holes.questions);
    assertTrue(map.holds(100, 1));
  }

  @Test
  void onlyWhatIsWhollyInAHoleIs() {
    HoleMap map = asking(holes);
    assertTrue(map.holds(100, 800));
    assertTrue(map.holds(899, 1));
    assertTrue(map.holds(1000, Long.MAX_VALUE - 1000));
    assertFalse(map.holds(99, 2));
    assertFalse(map.holds(100, 801));
    assertFalse(map.holds(899, 2));
    assertFalse(map.holds(900, 200));
    assertFalse(map.holds(-1, 1));
  }

  @Test
  void rangesInOneHoleAreOneQuestion() {
    HoleMap map = asking(holes);
    for (int at = 100; at < 900; at++) {
      assertTrue(map.holds(at, 900 - at));
    }
    assertEquals(1, holes.questions);
  }

  @Test
  void withoutAnAnswerAllIsData() {
    HoleMap map = asking(Holes.UNKNOWN);
    assertFalse(map.holds(0, 1));
    assertFalse(map.holds(Long.MAX_VALUE - 1, 1));
  }
}
