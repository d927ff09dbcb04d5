package io.github.qcow2tostdout.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.qcow2tostdout.testing.FakeExtents;
import io.github.qcow2tostdout.testing.Seeds;
import java.io.IOException;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OverlaidExtentsTest {
  private static String text(ScanExtents extents) throws IOException {
    StringBuilder text = new StringBuilder();
    while (extents.next()) {
      text.append(extents.side())
          .append(" ")
          .append(extents.from())
          .append("-")
          .append(extents.to())
          .append("\n");
    }
    assertFalse(extents.next(), "the end stays");
    return text.toString();
  }

  private static String text(long[] source, long... base) throws IOException {
    return text(new OverlaidExtents(new FakeExtents(source), new FakeExtents(base)));
  }

  @Test
  void whereNeitherHasDataIsNothing() throws IOException {
    assertEquals("", text(new long[0]));
    assertEquals("SOURCE 5-7\n", text(new long[] {5, 7}));
    assertEquals("BASE 5-7\n", text(new long[0], 5, 7));
    assertEquals("SOURCE 0-1\nBASE 5-7\n", text(new long[] {0, 1}, 5, 7));
  }

  @Test
  void whereBothHaveDataIsBoth() throws IOException {
    assertEquals("BOTH 5-7\n", text(new long[] {5, 7}, 5, 7));
    assertEquals("SOURCE 0-5\nBOTH 5-7\nSOURCE 7-9\n", text(new long[] {0, 9}, 5, 7));
    assertEquals("BASE 0-5\nBOTH 5-7\nBASE 7-9\n", text(new long[] {5, 7}, 0, 9));
    assertEquals("SOURCE 0-5\nBOTH 5-7\nBASE 7-9\n", text(new long[] {0, 7}, 5, 9));
  }

  @Test
  void extentOverSeveralOfTheOtherIsCutAtEach() throws IOException {
    assertEquals(
        "SOURCE 0-1\nBOTH 1-2\nSOURCE 2-3\nBOTH 3-4\nSOURCE 4-9\nBASE 9-10\n",
        text(new long[] {0, 9}, 1, 2, 3, 4, 9, 10));
  }

  @Test
  void everyByteIsOnItsSide() throws IOException {
    Random random = Seeds.random(OverlaidExtentsTest.class);
    for (int round = 0; round < 500; round++) {
      BitSet source = GrainExtentsTest.randomBytes(random, 20_000);
      BitSet base = GrainExtentsTest.randomBytes(random, 20_000);
      OverlaidExtents extents =
          new OverlaidExtents(
              new FakeExtents(GrainExtentsTest.bounds(source)),
              new FakeExtents(GrainExtentsTest.bounds(base)));
      int at = 0;
      while (extents.next()) {
        for (; at < extents.from(); at++) {
          assertFalse(source.get(at) || base.get(at));
        }
        for (; at < extents.to(); at++) {
          assertEquals(!extents.side().equals(ScanExtents.Side.BASE), source.get(at));
          assertEquals(!extents.side().equals(ScanExtents.Side.SOURCE), base.get(at));
        }
      }
      assertEquals(-1, source.nextSetBit(at));
      assertEquals(-1, base.nextSetBit(at));
    }
  }
}
