package io.github.qcow2tostdout.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qcow2tostdout.image.ClusterSet.Added;
import io.github.qcow2tostdout.testing.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The set against one of the JDK. */
class ClusterSetTest {
  @Test
  void isASet() {
    long seed = Seeds.seed();
    Random random = new Random(seed);
    ClusterSet set = new ClusterSet();
    TreeSet<Long> expected = new TreeSet<>();
    for (int i = 0; i < 100_000; i++) {
      long cluster = random.nextLong(random.nextBoolean() ? 1000 : 0xffff_ffffL);
      assertEquals(
          expected.add(cluster) ? Added.NEW : Added.KNOWN, set.add(cluster), "-Dseed=" + seed);
    }
    assertEquals(expected.size(), set.size());
    List<Long> drained = new ArrayList<>();
    set.drainSorted().forEachRemaining((Long cluster) -> drained.add(cluster));
    assertEquals(new ArrayList<>(expected), drained, "-Dseed=" + seed);
  }

  @Test
  void takesNothingBeyondItsRange() {
    ClusterSet set = new ClusterSet();
    assertEquals(Added.NO_ROOM, set.add(-1));
    assertEquals(Added.NO_ROOM, set.add(0xffff_ffffL));
    assertEquals(Added.NO_ROOM, set.add(1L << 32));
    assertEquals(Added.NEW, set.add(0xffff_fffeL));
    assertEquals(Added.NEW, set.add(0));
  }

  @Test
  void isFullAtSixMillion() {
    ClusterSet set = new ClusterSet();
    long added = 0;
    while (set.add(added * 32) == Added.NEW) {
      added++;
    }
    assertEquals((1 << 23) / 4 * 3, added);
    assertEquals(Added.KNOWN, set.add(0));
  }

  @Test
  void emptySetDrainsNothing() {
    assertEquals(false, new ClusterSet().drainSorted().hasNext());
  }
}
