package io.github.qcow2tostdout.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qcow2tostdout.plan.IndexSet;
import io.github.qcow2tostdout.testing.FakeExtents;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ExtentsWithoutTest {
  private static String rest(IndexSet grains, long... bounds) throws IOException {
    StringBuilder text = new StringBuilder();
    for (ExtentsWithout rest = new ExtentsWithout(new FakeExtents(bounds), grains, 9);
        rest.next(); ) {
      text.append("[").append(rest.from()).append(",").append(rest.to()).append(")");
    }
    return text.toString();
  }

  private static IndexSet grains(long... bounds) {
    IndexSet.Builder builder = new IndexSet.Builder();
    for (int i = 0; i < bounds.length; i += 2) {
      builder.add(bounds[i], bounds[i + 1]);
    }
    return builder.build();
  }

  @Test
  void withoutNothingAllIsLeft() throws IOException {
    assertEquals("[3,700)[900,901)", rest(IndexSet.EMPTY, 3, 700, 900, 901));
    assertEquals("", rest(IndexSet.EMPTY));
  }

  @Test
  void grainsAreCutOut() throws IOException {
    assertEquals("[3,512)[1024,1030)", rest(grains(1, 2), 3, 1030));
    assertEquals("[0,512)[1024,1536)[2048,2050)", rest(grains(1, 2, 3, 4), 0, 2050));
  }

  @Test
  void extentsInsideGrainsAreGone() throws IOException {
    assertEquals("", rest(grains(0, 4), 3, 700, 900, 2048));
    assertEquals("[2048,2049)", rest(grains(0, 4), 3, 700, 900, 2049));
    assertEquals("[1,512)", rest(grains(1, 9), 1, 700, 900, 2048));
  }

  @Test
  void grainsBetweenExtentsDontMatter() throws IOException {
    assertEquals("[0,512)[2048,2100)", rest(grains(1, 2, 3, 4), 0, 512, 2048, 2100));
  }
}
