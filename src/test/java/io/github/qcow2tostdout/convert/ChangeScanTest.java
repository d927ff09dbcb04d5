package io.github.qcow2tostdout.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.plan.Grains;
import io.github.qcow2tostdout.scan.AllocationScan;
import io.github.qcow2tostdout.scan.ScanOptions;
import io.github.qcow2tostdout.scan.ScanStrategy;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The scan that compares, and the one that keeps zeroes. */
class ChangeScanTest {
  private static final byte ONE = 1;
  private static final byte TWO = 2;
  private static final int K64 = 65536;

  private static Grains scan(Source source, ScanOptions options, int clusterBits, boolean zeroFlag)
      throws IOException {
    ScanStrategy strategy =
        options.base().isPresent()
            ? ScanStrategy.choose(source, options.base().get())
            : ScanStrategy.choose(source);
    return new AllocationScan(
            source, options, new Geometry(clusterBits, 4), zeroFlag, strategy, Progress.NONE)
        .run();
  }

  /** The grains as characters: {@code D}, {@code 0} or {@code .}. */
  private static String text(Grains grains, int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      boolean data = grains.data().contains(i);
      boolean zero = grains.zero().contains(i);
      assertTrue(!data || !zero);
      text.append(data ? 'D' : zero ? '0' : '.');
    }
    assertEquals(
        grains.data().count() + grains.zero().count(), text.chars().filter(c -> c != '.').count());
    return text.toString();
  }

  private static String delta(MemorySource source, MemorySource base) throws IOException {
    int clusters = Math.ceilDiv((int) source.size(), K64);
    return text(scan(source, Images.compareWith(base), 16, true), clusters);
  }

  private static MemorySource disk(long size) {
    return new MemorySource(size);
  }

  @Test
  void equalDisksHaveNoChange() throws IOException {
    assertEquals("...", delta(disk(3 * K64).put(5, ONE), disk(3 * K64).put(5, ONE)));
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 16, 21})
  void aByteThatDiffersAtTheEndOfTheLargestDisksIsData(int clusterBits) throws IOException {
    for (long size : new long[] {Long.MAX_VALUE - 511, Long.MAX_VALUE - 1023}) {
      long from = (size - (5L << 20)) >> clusterBits << clusterBits;
      MemorySource base = disk(size).extents(from, size);
      MemorySource disk = disk(size).extents(from, size).put(size - 1, ONE);
      Grains found = scan(disk, Images.compareWith(base), clusterBits, true);
      assertEquals(1, found.data().count());
      assertTrue(found.data().contains((size - 1) >> clusterBits));
      assertEquals(0, scan(base, Images.compareWith(base), clusterBits, true).data().count());
    }
  }

  @Test
  void aByteThatDiffersIsData() throws IOException {
    assertEquals("D..", delta(disk(3 * K64).put(5, ONE), disk(3 * K64).put(5, TWO)));
    assertEquals("..D", delta(disk(3 * K64).put(3 * K64 - 1, ONE), disk(3 * K64)));
  }

  @Test
  void whatBecameZeroIsZero() throws IOException {
    assertEquals(".0.", delta(disk(3 * K64), disk(3 * K64).put(K64, ONE)));
    assertEquals("D0.", delta(disk(3 * K64).put(1, ONE), disk(3 * K64).put(K64, ONE)));
  }

  @Test
  void whatBecameZeroIsDataWhereThereIsNoZeroFlag() throws IOException {
    MemorySource base = disk(3 * K64).put(K64, ONE);
    assertEquals(".D.", text(scan(disk(3 * K64), Images.compareWith(base), 16, false), 3));
    MemorySource source = disk(3 * K64).extents();
    assertEquals(".D.", text(scan(source, Images.compareWith(base), 16, false), 3));
  }

  @Test
  void holesOnEitherSideAreZeroes() throws IOException {
    MemorySource source =
        disk(4 * K64).extents(0, K64, 2 * K64, 3 * K64).put(0, ONE).put(2 * K64, ONE);
    MemorySource base = disk(4 * K64).extents(K64, 3 * K64).put(K64, ONE).put(2 * K64, ONE);
    assertEquals("D0..", delta(source, base));
  }

  @Test
  void zeroesInTheBaseThatAreAHoleInTheDiskAreNoChange() throws IOException {
    assertEquals("..", delta(disk(2 * K64).extents(), disk(2 * K64)));
    assertEquals("..", delta(disk(2 * K64), disk(2 * K64).extents()));
  }

  @Test
  void behindTheEndOfAShorterBaseAreZeroes() throws IOException {
    MemorySource source = disk(4 * K64).put(K64 + 700, ONE).put(3 * K64, ONE);
    assertEquals(".D.D", delta(source, disk(K64 + 600)));
    // Also inside the cluster in which it ends.
    MemorySource base = disk(K64 + 600).put(K64, ONE);
    assertEquals(".0.", delta(disk(3 * K64), base));
    assertEquals("....", delta(disk(4 * K64), disk(0)));
  }

  @Test
  void whatALongerBaseHasBehindTheEndIsIgnored() throws IOException {
    MemorySource base = disk(9 * K64).put(2 * K64, ONE).put(8 * K64, ONE);
    assertEquals("..", delta(disk(2 * K64), base));
    // Of the cluster in which the disk ends only what is before the end counts.
    assertEquals("...", delta(disk(2 * K64 + 512), disk(9 * K64).put(2 * K64 + 512, ONE)));
  }

  @Test
  void aTailOfLessThanASectorIsFilledWithZeroesAndHidesTheBase() throws IOException {
    // The virtual size is the next multiple of 512, and there the base would show through.
    MemorySource source = disk(2 * K64 + 100);
    assertEquals("..0", delta(source, disk(9 * K64).put(2 * K64 + 511, ONE)));
    assertEquals("..0", delta(source.extents(), disk(9 * K64).put(2 * K64 + 511, ONE)));
    assertEquals("...", delta(source, disk(9 * K64).put(2 * K64 + 512, ONE)));
  }

  @Test
  void whereBothHaveHolesNothingIsReadAndWhereOneHasTheOtherIsNot() throws IOException {
    List<String> log = new ArrayList<>();
    List<String> baseLog = new ArrayList<>();
    MemorySource source =
        new RecordingSource(8 * K64, log).extents(0, K64, 4 * K64, 5 * K64).put(0, ONE);
    MemorySource base =
        new RecordingSource(8 * K64, baseLog)
            .extents(2 * K64, 3 * K64, 4 * K64, 5 * K64)
            .put(2 * K64, ONE);
    assertEquals("D.0.....", delta(source, base));
    assertEquals(
        List.of("read 0+4096", "read 262144+65536"),
        log.stream().filter(line -> line.startsWith("read")).sorted().toList());
    assertEquals(
        List.of("read 131072+4096", "read 262144+65536"),
        baseLog.stream().filter(line -> line.startsWith("read")).sorted().toList());
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 12, 16, 18, 20, 21})
  void eachSideIsReadOnce(int clusterBits) throws IOException {
    long size = 5 << 20;
    class Reads extends MemorySource {
      private final List<long[]> own = new ArrayList<>();

      Reads() {
        super(size);
        put(100, ONE).put(3 << 20, TWO);
      }

      @Override
      public synchronized int read(ByteBuffer buffer, long offset) throws IOException {
        own.add(new long[] {offset, offset + buffer.remaining()});
        return super.read(buffer, offset);
      }
    }
    Reads source = new Reads();
    Reads base = new Reads();
    base.put(4 << 20, ONE);
    scan(source, Images.compareWith(base), clusterBits, true);
    for (Reads side : List.of(source, base)) {
      side.own.sort((a, b) -> Long.compare(a[0], b[0]));
      long at = 0;
      for (long[] range : side.own) {
        // What follows in a large cluster that is known to differ need not be read.
        assertTrue(clusterBits > 16 ? range[0] >= at : range[0] == at, () -> "at " + range[0]);
        at = range[1];
      }
      assertEquals(size, at);
    }
  }

  @ParameterizedTest
  @EnumSource
  void resultDoesNotDependOnTheStrategy(ScanStrategy strategy) throws IOException {
    MemorySource source = disk(80 << 20);
    MemorySource base = disk(70 << 20);
    for (int i = 0; i < 70; i++) {
      source.put((long) i << 20, (byte) (i % 3));
      base.put((long) i << 20, (byte) (i % 4));
    }
    Grains expected = scan(source, Images.compareWith(base), 16, true);
    Grains grains =
        new AllocationScan(
                source,
                Images.compareWith(base),
                new Geometry(16, 4),
                true,
                strategy,
                Progress.NONE)
            .run();
    assertEquals(text(expected, 1280), text(grains, 1280));
    assertTrue(expected.data().count() > 10 && expected.zero().count() > 10);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void sideThatEndsEarlyIsNamed(boolean baseEnds) {
    class Ending extends MemorySource {
      private final String called;
      private final boolean ends;

      Ending(String called, boolean ends) {
        super(64 << 20);
        this.called = called;
        this.ends = ends;
      }

      @Override
      public String name() {
        return called;
      }

      @Override
      public int read(ByteBuffer buffer, long offset) throws IOException {
        long end = ends ? 40 << 20 : size();
        int count = Math.clamp(end - offset, 0, buffer.remaining());
        buffer.position(buffer.position() + count);
        return count;
      }
    }
    Source source = new Ending("new", !baseEnds);
    Source base = new Ending("old", baseEnds);
    ImageException.SourceChanged e =
        assertThrows(
            ImageException.SourceChanged.class,
            () -> scan(source, Images.compareWith(base), 16, true));
    assertTrue(
        e.getMessage()
            .startsWith(
                (baseEnds ? "old" : "new")
                    + ": source changed while it was read: its size was 67108864 bytes and it ends"
                    + " at byte 41943040; "),
        e.getMessage());
  }

  @Test
  void readErrorOfTheBaseComesOutAsItIs() {
    IOException error = new IOException("EIO");
    Source base =
        new MemorySource(100 << 20) {
          @Override
          public int read(ByteBuffer buffer, long offset) throws IOException {
            throw error;
          }
        };
    assertSame(
        error,
        assertThrows(
            IOException.class, () -> scan(disk(100 << 20), Images.compareWith(base), 16, true)));
  }

  private static String kept(MemorySource source) throws IOException {
    return text(
        scan(source, Images.keepZeroes(), 16, true), Math.ceilDiv((int) source.size(), K64));
  }

  @Test
  void zeroesInExtentsAreKeptAndHolesAreNot() throws IOException {
    assertEquals("000", kept(disk(2 * K64 + 1)));
    assertEquals("0D0", kept(disk(3 * K64).put(K64, ONE)));
    assertEquals("..0", kept(disk(3 * K64).extents(2 * K64 + 5, 2 * K64 + 6)));
    assertEquals("", kept(disk(0)));
  }

  @Test
  void clusterThatAnExtentTouchesIsZeroOnlyIfNoneOfItsExtentsHasData() throws IOException {
    MemorySource source = disk(3 * K64).extents(0, 10, K64 - 5, K64 + 5, 2 * K64 + 7, 2 * K64 + 8);
    assertEquals("000", kept(source));
    assertEquals("D00", kept(source.put(K64 - 1, ONE)));
    assertEquals("DD0", kept(source.put(K64, ONE)));
  }

  @Test
  void zeroesAreKeptOverManyPieces() throws IOException {
    int clusters = 2000;
    MemorySource source = disk((long) clusters * K64);
    char[] expected = new char[clusters];
    Arrays.fill(expected, '0');
    for (int i = 0; i < clusters; i += 7) {
      source.put((long) i * K64 + i, ONE);
      expected[i] = 'D';
    }
    assertEquals(new String(expected), kept(source));
  }

  @Test
  void withExtentsOnlyThereAreNoZeroes() throws IOException {
    ScanOptions options = new ScanOptions(true, true, Optional.empty());
    MemorySource source = disk(3 * K64).extents(5, 6, 2 * K64, 3 * K64);
    assertEquals("D.D", text(scan(source, options, 16, true), 3));
  }

  @Test
  void aComparisonIsNotToBeMixedWithAnythingElse() {
    Optional<Source> base = Optional.of(disk(1));
    assertThrows(IllegalArgumentException.class, () -> new ScanOptions(true, false, base));
    assertThrows(IllegalArgumentException.class, () -> new ScanOptions(false, true, base));
  }
}
