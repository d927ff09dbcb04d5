package io.github.qcow2tostdout.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qcow2tostdout.source.DataExtents;
import io.github.qcow2tostdout.testing.FakeExtents;
import io.github.qcow2tostdout.testing.Seeds;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GrainExtentsTest {
  private static String text(DataExtents extents) throws IOException {
    StringBuilder text = new StringBuilder();
    while (extents.next()) {
      text.append("[").append(extents.from()).append(",").append(extents.to()).append(")");
    }
    assertFalse(extents.next(), "the end stays");
    return text.toString();
  }

  /** Grains of 512 bytes. */
  private static String grains(long end, long... bounds) throws IOException {
    return text(new GrainExtents(new FakeExtents(bounds), 9, end));
  }

  @Test
  void nothingIsNoGrain() throws IOException {
    assertEquals("", grains(4096));
  }

  @Test
  void extentIsWidenedToWholeGrains() throws IOException {
    assertEquals("[0,512)", grains(4096, 0, 1));
    assertEquals("[0,512)", grains(4096, 511, 512));
    assertEquals("[512,1024)", grains(4096, 512, 1024));
    assertEquals("[512,1536)", grains(4096, 1023, 1025));
  }

  @Test
  void extentsThatMeetAreOne() throws IOException {
    assertEquals("[0,512)", grains(4096, 0, 1, 5, 6, 511, 512));
    assertEquals("[0,1024)", grains(4096, 0, 1, 512, 513));
    assertEquals("[0,1536)", grains(4096, 0, 513, 600, 601, 1030, 1031));
    assertEquals("[0,512)[1024,1536)", grains(4096, 0, 512, 1024, 1025));
  }

  @Test
  void lastGrainEndsWhereTheDiskEnds() throws IOException {
    assertEquals("[512,1000)", grains(1000, 512, 513));
    assertEquals("[512,1000)", grains(1000, 512, 5000));
    assertEquals("[0,1000)", grains(1000, 0, 1, 600, 5000, 6000, 7000));
    assertEquals("[0,512)", grains(512, 0, 1, 512, 513));
    assertEquals("", grains(0, 0, 1));
  }

  @Test
  void extentsUpToTheLastByteThereIsAreTaken() throws IOException {
    long end = Long.MAX_VALUE & -512;
    assertEquals("[0," + end + ")", grains(end, 100, Long.MAX_VALUE));
  }

  @Test
  void errorComesOutAsItIs() {
    IOException error = new IOException("lseek");
    DataExtents failing =
        new DataExtents() {
          @Override
          public boolean next() throws IOException {
            throw error;
          }

          @Override
          public long from() {
            throw new AssertionError();
          }

          @Override
          public long to() {
            throw new AssertionError();
          }
        };
    GrainExtents grains = new GrainExtents(failing, 9, 4096);
    assertSame(error, assertThrows(IOException.class, grains::next));
  }

  @Test
  void grainsAreThoseThatExtentsTouch() throws IOException {
    Random random = Seeds.random(GrainExtentsTest.class);
    for (int round = 0; round < 500; round++) {
      int end = 1 + random.nextInt(50_000);
      BitSet bytes = randomBytes(random, end + random.nextInt(3000));
      BitSet touched = new BitSet();
      bytes.stream().filter(at -> at < end).forEach(at -> touched.set(at & -512, (at | 511) + 1));
      touched.clear(end, Math.max(end, touched.length()));
      assertEquals(text(new FakeExtents(bounds(touched))), grains(end, bounds(bytes)));
    }
  }

  static BitSet randomBytes(Random random, int size) {
    BitSet bytes = new BitSet();
    for (int i = random.nextInt(30); i > 0; i--) {
      int from = random.nextInt(size);
      bytes.set(from, Math.min(size, from + 1 + random.nextInt(1 << random.nextInt(1, 13))));
    }
    return bytes;
  }

  static long[] bounds(BitSet bytes) {
    long[] bounds = new long[2 * bytes.cardinality()];
    int count = 0;
    for (int from = bytes.nextSetBit(0); from >= 0; ) {
      int to = bytes.nextClearBit(from);
      bounds[count++] = from;
      bounds[count++] = to;
      from = bytes.nextSetBit(to);
    }
    return Arrays.copyOf(bounds, count);
  }
}
