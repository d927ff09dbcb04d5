package io.github.qcow2tostdout.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.convert.MemorySource;
import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.plan.IndexSet;
import io.github.qcow2tostdout.source.DataExtents;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.testing.Seeds;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class AllocationScanTest {
  private static final byte ONE = 1;

  static IntStream clusterBits() {
    return IntStream.rangeClosed(9, 21);
  }

  /** The allocated clusters that every strategy finds. */
  private static List<Long> scan(Source source, int clusterBits) throws IOException {
    List<Long> first = scan(source, clusterBits, ScanStrategy.CACHED);
    for (ScanStrategy strategy : ScanStrategy.values()) {
      assertEquals(first, scan(source, clusterBits, strategy), () -> "strategy " + strategy);
    }
    return first;
  }

  private static List<Long> scan(Source source, int clusterBits, ScanStrategy strategy)
      throws IOException {
    return members(
        new AllocationScan(
                source,
                ScanOptions.TEST_ALL,
                new Geometry(clusterBits, 4),
                true,
                strategy,
                Progress.NONE)
            .run()
            .data());
  }

  private static List<Long> members(IndexSet set) {
    List<Long> members = new ArrayList<>();
    for (IndexSet.Runs runs = set.runsFrom(0); runs.next(); ) {
      for (long index = runs.from(); index < runs.to(); index++) {
        members.add(index);
      }
    }
    return members;
  }

  @Test
  void emptyDiskHasNoCluster() throws IOException {
    assertEquals(List.of(), scan(new MemorySource(0), 16));
  }

  /** Sizes near the largest that a number holds, with data in the last byte, or only before it. */
  @Tag("slow")
  @ParameterizedTest
  @MethodSource("clusterBits")
  void theEndOfTheLargestDisksIsFound(int clusterBits) throws IOException {
    for (long size : new long[] {Long.MAX_VALUE, Long.MAX_VALUE - 511, Long.MAX_VALUE - 1023}) {
      long from = size - (5L << 20);
      MemorySource disk = new MemorySource(size).extents(from, size);
      assertEquals(List.of(), scan(disk, clusterBits));
      disk.put(size - 1, ONE);
      assertEquals(List.of((size - 1) >> clusterBits), scan(disk, clusterBits));
      List<Long> both = List.of((from + 1) >> clusterBits, (size - 1) >> clusterBits);
      assertEquals(both, scan(disk.put(from + 1, ONE), clusterBits));
    }
  }

  @ParameterizedTest
  @MethodSource("clusterBits")
  void zeroesAreNotAllocated(int clusterBits) throws IOException {
    assertEquals(List.of(), scan(new MemorySource((3L << clusterBits) + 5), clusterBits));
  }

  @ParameterizedTest
  @MethodSource("clusterBits")
  void firstByteOfAClusterIsItsOwn(int clusterBits) throws IOException {
    long size = 1L << clusterBits;
    assertEquals(List.of(2L), scan(new MemorySource(5 * size).put(2 * size, ONE), clusterBits));
  }

  @ParameterizedTest
  @MethodSource("clusterBits")
  void lastByteOfAClusterIsItsOwn(int clusterBits) throws IOException {
    long size = 1L << clusterBits;
    assertEquals(List.of(2L), scan(new MemorySource(5 * size).put(3 * size - 1, ONE), clusterBits));
  }

  @ParameterizedTest
  @MethodSource("clusterBits")
  void dataBehindZeroesOfOneProbeIsFound(int clusterBits) throws IOException {
    long size = 1L << clusterBits;
    long behindProbe = Math.min(4096, size - 1);
    assertEquals(
        List.of(1L), scan(new MemorySource(3 * size).put(size + behindProbe, ONE), clusterBits));
  }

  @ParameterizedTest
  @MethodSource("clusterBits")
  void dataOnlyInTheLastPartialClusterIsFound(int clusterBits) throws IOException {
    long size = 1L << clusterBits;
    assertEquals(List.of(3L), scan(new MemorySource(3 * size + 1).put(3 * size, ONE), clusterBits));
    assertEquals(
        List.of(3L), scan(new MemorySource(4 * size - 1).put(4 * size - 2, ONE), clusterBits));
  }

  @ParameterizedTest
  @MethodSource("clusterBits")
  void twoExtentsInOneClusterCountOnce(int clusterBits) throws IOException {
    long size = 1L << clusterBits;
    MemorySource source =
        new MemorySource(3 * size)
            .extents(size, size + 10, 2 * size - 10, 2 * size)
            .put(size, ONE)
            .put(2 * size - 1, ONE);
    assertEquals(List.of(1L), scan(source, clusterBits));
  }

  @ParameterizedTest
  @MethodSource("clusterBits")
  void firstOfTwoExtentsInOneClusterIsEnough(int clusterBits) throws IOException {
    long size = 1L << clusterBits;
    MemorySource source =
        new MemorySource(3 * size)
            .extents(size, size + 10, 2 * size - 10, 2 * size)
            .put(size + 9, ONE);
    assertEquals(List.of(1L), scan(source, clusterBits));
  }

  @ParameterizedTest
  @MethodSource("clusterBits")
  void secondOfTwoExtentsInOneClusterIsEnough(int clusterBits) throws IOException {
    long size = 1L << clusterBits;
    MemorySource source =
        new MemorySource(3 * size)
            .extents(size, size + 10, 2 * size - 10, 2 * size)
            .put(2 * size - 10, ONE);
    assertEquals(List.of(1L), scan(source, clusterBits));
  }

  @ParameterizedTest
  @MethodSource("clusterBits")
  void extentsThatHoldZeroesAllocateNothing(int clusterBits) throws IOException {
    long size = 1L << clusterBits;
    MemorySource source = new MemorySource(3 * size).extents(3, 10, size - 1, size + 1);
    assertEquals(List.of(), scan(source, clusterBits));
  }

  @ParameterizedTest
  @MethodSource("clusterBits")
  void extentOverAClusterBorderAllocatesTheSideThatHoldsData(int clusterBits) throws IOException {
    long size = 1L << clusterBits;
    assertEquals(
        List.of(0L),
        scan(
            new MemorySource(2 * size).extents(size - 1, size + 1).put(size - 1, ONE),
            clusterBits));
    assertEquals(
        List.of(1L),
        scan(new MemorySource(2 * size).extents(size - 1, size + 1).put(size, ONE), clusterBits));
  }

  @ParameterizedTest
  @MethodSource("clusterBits")
  void holesAreNotRead(int clusterBits) throws IOException {
    long size = 1L << clusterBits;
    Source source =
        new MemorySource(8 * size) {
          @Override
          public int read(ByteBuffer buffer, long offset) throws IOException {
            assertTrue(offset >= size + 7 && offset + buffer.remaining() <= 3 * size + 5);
            return super.read(buffer, offset);
          }
        }.extents(size + 7, 3 * size + 5).put(3 * size, ONE);
    assertEquals(List.of(3L), scan(source, clusterBits));
  }

  @ParameterizedTest
  @MethodSource("clusterBits")
  void clusterOfTwoPiecesCountsOnce(int clusterBits) throws IOException {
    // Each 1024 extents are a piece, so cluster borders and those of pieces don't meet.
    long[] bounds = new long[2 * 3000];
    MemorySource source = new MemorySource(7 * 3000 + 100);
    TreeSet<Long> model = new TreeSet<>();
    for (int i = 0; i < 3000; i++) {
      bounds[2 * i] = 7L * i + 50;
      bounds[2 * i + 1] = 7L * i + 51;
      source.put(7L * i + 50, ONE);
      model.add((7L * i + 50) >> clusterBits);
    }
    assertEquals(List.copyOf(model), scan(source.extents(bounds), clusterBits));
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("clusterBits")
  void manyPiecesArePutTogetherInTheirOrder(int clusterBits) throws IOException {
    Random random = new Random(clusterBits);
    MemorySource source = new MemorySource(80 << 20);
    TreeSet<Long> model = new TreeSet<>();
    for (int i = 0; i < 400; i++) {
      long at = random.nextLong(source.size());
      source.put(at, ONE);
      model.add(at >> clusterBits);
    }
    // Small clusters are read whole: they get the same spots in extents around them.
    if (clusterBits < 14) {
      source.extents(around(source, model, clusterBits));
    }
    assertEquals(List.copyOf(model), scan(source, clusterBits));
  }

  private static long[] around(MemorySource source, SortedSet<Long> clusters, int clusterBits) {
    List<Long> bounds = new ArrayList<>();
    for (long cluster : clusters) {
      long from = cluster << clusterBits;
      long to = Math.min(source.size(), (cluster + 1) << clusterBits);
      if (!bounds.isEmpty() && bounds.getLast() == from) {
        bounds.removeLast();
      } else {
        bounds.add(from);
      }
      bounds.add(to);
    }
    return bounds.stream().mapToLong(Long::longValue).toArray();
  }

  @Tag("slow")
  @Test
  void randomDisksAreAsInTheSlowModel() throws IOException {
    Random random = Seeds.random(AllocationScanTest.class);
    for (int round = 0; round < 150; round++) {
      int clusterBits = random.nextInt(9, 22);
      int clusters = random.nextInt(1, clusterBits > 17 ? 4 : 40);
      byte[] disk = new byte[clusters * (1 << clusterBits) - random.nextInt(1 << clusterBits)];
      List<Long> bounds = new ArrayList<>();
      int at = 0;
      while (true) {
        int from = at + random.nextInt(2 << random.nextInt(4, clusterBits + 2));
        int to = from + 1 + random.nextInt(2 << random.nextInt(4, clusterBits + 2));
        if (to > disk.length) {
          break;
        }
        bounds.add((long) from);
        bounds.add((long) to);
        for (int i = random.nextInt(3); i > 0; i--) {
          disk[random.nextInt(from, to)] = (byte) random.nextInt();
        }
        at = to + 1;
      }
      TreeSet<Long> model = new TreeSet<>();
      for (int i = 0; i < disk.length; i++) {
        if (disk[i] != 0) {
          model.add((long) i >> clusterBits);
        }
      }
      MemorySource source = MemorySource.of(disk);
      assertEquals(List.copyOf(model), scan(source, clusterBits));
      source.extents(bounds.stream().mapToLong(Long::longValue).toArray());
      assertEquals(List.copyOf(model), scan(source, clusterBits));
    }
  }

  static Stream<Integer> smallAndProbedClusterBits() {
    return Stream.of(9, 16);
  }

  @ParameterizedTest
  @MethodSource("smallAndProbedClusterBits")
  void readThatEndsEarlyIsAChangedSourceInEveryStrategy(int clusterBits) {
    long end = 40 << 20;
    Source source =
        new MemorySource(64 << 20) {
          @Override
          public int read(ByteBuffer buffer, long offset) throws IOException {
            int count = Math.clamp(end - offset, 0, buffer.remaining());
            buffer.position(buffer.position() + count);
            return count;
          }
        };
    for (ScanStrategy strategy : ScanStrategy.values()) {
      ImageException.SourceChanged e =
          assertThrows(
              ImageException.SourceChanged.class, () -> scan(source, clusterBits, strategy));
      assertTrue(
          e.getMessage()
              .startsWith(
                  "disk.raw: source changed while it was read: its size was 67108864 bytes and it"
                      + " ends at byte 41943040; "),
          e.getMessage());
    }
  }

  /** A disk of several pieces whose reads fail from the second piece on. */
  private static Source failing(Throwable error) {
    return new MemorySource(100 << 20) {
      @Override
      public int read(ByteBuffer buffer, long offset) throws IOException {
        if (offset >= 20 << 20) {
          switch (error) {
            case IOException e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new AssertionError(error);
          }
        }
        return super.read(buffer, offset);
      }
    };
  }

  @ParameterizedTest
  @EnumSource
  void readErrorComesOutAsItIs(ScanStrategy strategy) {
    IOException error = new IOException("EIO");
    assertSame(error, assertThrows(IOException.class, () -> scan(failing(error), 16, strategy)));
  }

  @ParameterizedTest
  @EnumSource
  void bugComesOutAsItIs(ScanStrategy strategy) {
    RuntimeException error = new IllegalStateException("bug");
    assertSame(
        error, assertThrows(RuntimeException.class, () -> scan(failing(error), 16, strategy)));
  }

  @ParameterizedTest
  @EnumSource
  void outOfMemoryComesOutAsItIs(ScanStrategy strategy) {
    Error error = new OutOfMemoryError("Java heap space");
    assertSame(
        error, assertThrows(OutOfMemoryError.class, () -> scan(failing(error), 16, strategy)));
  }

  @ParameterizedTest
  @EnumSource
  void errorOfTheExtentsComesOutAsItIs(ScanStrategy strategy) {
    IOException error = new IOException("lseek");
    Source source =
        new MemorySource(100) {
          @Override
          public DataExtents dataExtents() throws IOException {
            throw error;
          }
        };
    assertSame(error, assertThrows(IOException.class, () -> scan(source, 16, strategy)));
  }

  @ParameterizedTest
  @EnumSource
  void scanLeavesNoThreadBehindAfterAnError(ScanStrategy strategy) throws InterruptedException {
    IOException error = new IOException("EIO");
    assertThrows(IOException.class, () -> scan(failing(error), 16, strategy));
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("pool-")) {
        // Has nothing to do any more, but may be on its last steps.
        assertTrue(thread.join(Duration.ofSeconds(10)), thread::getName);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void progressStartsAt0AndEndsAtTheSizeAndNeverGoesBack(ScanStrategy strategy) throws IOException {
    List<Long> reports = new ArrayList<>();
    long size = 100 << 20;
    new AllocationScan(
            new MemorySource(size).extents(0, 60 << 20),
            ScanOptions.TEST_ALL,
            new Geometry(16, 4),
            true,
            strategy,
            (phase, done, total) -> {
              assertEquals(Progress.Phase.SCAN, phase);
              assertEquals(size, total);
              reports.add(done);
            })
        .run();
    assertEquals(reports.stream().sorted().toList(), reports);
    assertEquals(0, reports.getFirst());
    assertEquals(size, reports.getLast());
    assertTrue(reports.size() > 4, () -> "moves while it scans: " + reports);
  }
}
