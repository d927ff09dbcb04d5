package io.github.qcow2tostdout.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.convert.Images;
import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.testing.Seeds;
import java.util.BitSet;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ClusterCountsTest {
  static Stream<Arguments> geometries() {
    return IntStream.rangeClosed(9, 21)
        .boxed()
        .flatMap(bits -> IntStream.rangeClosed(0, 6).mapToObj(order -> Arguments.of(bits, order)));
  }

  /** Tries one number of blocks after the other until all clusters have a refcount. */
  private static void assertSmallest(int clusterBits, int refcountOrder, long others) {
    long clusterSize = 1L << clusterBits;
    long perBlock = clusterSize * 8 / (1L << refcountOrder);
    long perTableCluster = clusterSize / 8;
    // Fewer can't even count the others.
    long blocks = Math.max(1, others / perBlock);
    long table = 1;
    while (true) {
      table = (blocks + perTableCluster - 1) / perTableCluster;
      if (blocks * perBlock >= others + table + blocks) {
        break;
      }
      blocks++;
    }
    // A disk of 0 bytes has no L1 table: the others are the header and what is called data here.
    ClusterCounts counts =
        ClusterCounts.of(Images.options(clusterBits, refcountOrder), 0, 0, others - 1);
    assertEquals(blocks, counts.refcountBlocks(), () -> "blocks for " + others);
    assertEquals(table, counts.refcountTable(), () -> "table for " + others);
    assertEquals(others + table + counts.refcountBlocks(), counts.total());
  }

  @ParameterizedTest
  @MethodSource("geometries")
  void refcountsAreTheFewestThatCountEveryCluster(int clusterBits, int refcountOrder) {
    long perBlock = (8L << clusterBits) >> refcountOrder;
    long perTableCluster = perBlock << (clusterBits - 3);
    for (long others = 1; others < 300; others++) {
      assertSmallest(clusterBits, refcountOrder, others);
    }
    for (long blocks : new long[] {1, 2, 3, 4, 63, 64, 65}) {
      for (long near = -70; near <= 70; near++) {
        long others = blocks * perBlock + near;
        if (others > 0) {
          assertSmallest(clusterBits, refcountOrder, others);
        }
      }
    }
    for (long tables = 1; tables <= 3; tables++) {
      // Where the table itself grows; its blocks count themselves.
      long full = tables * perTableCluster;
      long others = full - (tables << (clusterBits - 3)) - tables;
      for (long near = -3; near <= 3; near++) {
        assertSmallest(clusterBits, refcountOrder, others + near);
        assertSmallest(clusterBits, refcountOrder, full + near);
      }
    }
  }

  @Test
  void randomCountsHaveTheFewestRefcounts() {
    Random random = Seeds.random(ClusterCountsTest.class);
    for (int i = 0; i < 20_000; i++) {
      int clusterBits = random.nextInt(9, 22);
      assertSmallest(
          clusterBits, random.nextInt(7), 1 + random.nextLong(1L << random.nextInt(1, 28)));
    }
  }

  @ParameterizedTest
  @CsvSource({
    // An empty disk: header, table, block.
    "9, 4, 0, 0, 0, 1, 1, 0",
    "16, 4, 0, 0, 0, 1, 1, 0",
    // 1 + 62 + table + block = 64 + 1: one more than a block of 64-bit refcounts counts.
    "9, 6, 0, 0, 60, 1, 1, 0",
    "9, 6, 0, 0, 61, 1, 1, 0",
    "9, 6, 0, 0, 62, 1, 2, 0",
    // L1 entries: 64 L2 tables of 64 clusters of 512 bytes are 2 MiB.
    "9, 4, 512, 1, 1, 1, 1, 1",
    "9, 4, 2097152, 1, 1, 1, 1, 1",
    "9, 4, 2097664, 1, 1, 1, 1, 2",
    "16, 4, 17179869184, 1, 1, 1, 1, 1"
  })
  void smallImagesAreAsCountedByHand(
      int clusterBits,
      int refcountOrder,
      long diskSize,
      long l2Tables,
      long data,
      long refcountTable,
      long refcountBlocks,
      long l1Table) {
    assertEquals(
        new ClusterCounts(diskSize, refcountTable, refcountBlocks, l1Table, 0, l2Tables, 0, data),
        ClusterCounts.of(Images.options(clusterBits, refcountOrder), diskSize, l2Tables, data));
  }

  @Test
  void dataInAnExternalFileIsNotCounted() {
    assertEquals(
        new ClusterCounts(1 << 20, 1, 1, 1, 0, 1, 0, 0),
        ClusterCounts.of(Images.external(16, 4, "d", false), 1 << 20, 1, 16));
  }

  @Test
  void fullyAllocatedCountsEveryClusterAndEveryL2Table() {
    ImageOptions options = Images.options(9, 4);
    ClusterCounts counts = ClusterCounts.of(options, 65 * 64 * 512 - 511, 1, 2);
    ClusterCounts full = counts.fullyAllocated(options);
    assertEquals(65 * 64, full.data());
    assertEquals(65, full.l2Tables());
    assertEquals(2, full.l1Table());
    assertEquals(counts.diskSize(), full.diskSize());
  }

  @Test
  void largerClustersNeedNoMoreThanIsSaid() {
    Random random = Seeds.random(ClusterCountsTest.class);
    for (int round = 0; round < 300; round++) {
      int bits = random.nextInt(9, 21);
      int order = random.nextInt(7);
      long diskSize = 512L * random.nextLong(1, 1L << random.nextInt(1, 22));
      BitSet sectors = new BitSet();
      for (int i = random.nextInt(200); i > 0; i--) {
        int from = (int) random.nextLong(diskSize / 512);
        sectors.set(from, (int) Math.min(diskSize / 512, from + 1 + random.nextInt(300)));
      }
      ImageOptions options = Images.options(bits, order);
      ClusterCounts counts = ClusterCounts.of(options, map(sectors, bits, diskSize));
      for (int larger = bits + 1; larger <= 21; larger++) {
        ImageOptions largerOptions = Images.options(larger, order);
        ClusterCounts exact = ClusterCounts.of(largerOptions, map(sectors, larger, diskSize));
        ClusterCounts atMost = counts.atMost(largerOptions);
        assertTrue(exact.total() <= atMost.total(), () -> exact + " of at most " + atMost);
        assertTrue(exact.refcountTable() <= atMost.refcountTable());
        assertEquals(exact.l1Table(), atMost.l1Table());
      }
    }
  }

  private static AllocationMap map(BitSet sectors, int clusterBits, long diskSize) {
    IndexSet.Builder builder = new IndexSet.Builder();
    for (int at = sectors.nextSetBit(0); at >= 0; at = sectors.nextSetBit(at + 1)) {
      long cluster = (long) at >> (clusterBits - 9);
      builder.add(cluster, cluster + 1);
    }
    return AllocationMap.of(
        new Geometry(clusterBits, 4), diskSize, new Grains(builder.build(), IndexSet.EMPTY));
  }
}
