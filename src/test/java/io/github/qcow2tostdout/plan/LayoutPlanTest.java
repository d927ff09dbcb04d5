package io.github.qcow2tostdout.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.convert.Images;
import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.testing.Seeds;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class LayoutPlanTest {
  private static LayoutPlan plan(ImageOptions options, long diskSize, long... bounds)
      throws ImageException.Unsupported {
    IndexSet.Builder builder = new IndexSet.Builder();
    for (int i = 0; i < bounds.length; i += 2) {
      builder.add(bounds[i], bounds[i + 1]);
    }
    return LayoutPlan.of(
        options,
        AllocationMap.of(options.geometry(), diskSize, new Grains(builder.build(), IndexSet.EMPTY)),
        "disk.raw");
  }

  private static String text(LayoutPlan plan) {
    return plan.regions().stream()
        .map(region -> region.kind().words() + " " + region.from() + "-" + region.to())
        .collect(Collectors.joining("\n"));
  }

  @Test
  void regionsOfASmallImageAreAsCountedByHand() throws ImageException.Unsupported {
    assertEquals(
        """
        header 0-65536
        refcount table 65536-131072
        refcount blocks 131072-196608
        L1 table 196608-262144
        L2 tables 262144-327680
        bitmaps 327680-327680
        data 327680-524288\
        """,
        text(plan(ImageOptions.defaults(), 10 << 20, 0, 1, 5, 7)));
  }

  @Test
  void emptyDiskHasNoTables() throws ImageException.Unsupported {
    assertEquals(
        """
        header 0-512
        refcount table 512-1024
        refcount blocks 1024-1536
        L1 table 1536-1536
        L2 tables 1536-1536
        bitmaps 1536-1536
        data 1536-1536\
        """,
        text(plan(Images.options(9, 4), 0)));
  }

  @Test
  void externalDataFileLeavesTheDataOut() throws ImageException.Unsupported {
    assertEquals(
        """
        header 0-65536
        refcount table 65536-131072
        refcount blocks 131072-196608
        L1 table 196608-262144
        L2 tables 262144-327680
        bitmaps 327680-327680
        data 327680-327680\
        """,
        text(plan(Images.external(16, 4, "d", false), 10 << 20, 0, 1, 5, 7)));
  }

  @Test
  void regionsHaveNoGapAndAreWholeClusters() throws ImageException.Unsupported {
    Random random = Seeds.random(LayoutPlanTest.class);
    for (int round = 0; round < 500; round++) {
      ImageOptions options = Images.options(random.nextInt(9, 22), random.nextInt(7));
      int clusterSize = options.geometry().clusterSize();
      long clusters = random.nextLong(1L << random.nextInt(1, 20));
      long first = random.nextLong(clusters + 1);
      long end = random.nextLong(first, clusters + 1);
      LayoutPlan plan = plan(options, clusters * clusterSize, first, end);
      long at = 0;
      for (Region region : plan.regions()) {
        assertEquals(at, region.from());
        assertEquals(0, region.size() % clusterSize);
        at = region.to();
      }
      assertEquals(at, plan.imageSize());
      assertEquals(at / clusterSize, plan.imageClusters());
      assertEquals((end - first) * clusterSize, plan.region(Region.Kind.DATA).size());
      EnumSet<Region.Kind> kinds = EnumSet.complementOf(EnumSet.of(Region.Kind.CRYPTO_HEADER));
      assertEquals(List.copyOf(kinds), plan.regions().stream().map(Region::kind).toList());
    }
  }

  @Test
  void disk64GibFullyAllocatedAt512BytesIsPlanned() throws ImageException.Unsupported {
    ImageOptions options = Images.options(9, 4);
    LayoutPlan plan =
        LayoutPlan.of(options, AllocationMap.full(options.geometry(), 64L << 30), "disk.raw");
    // 2^27 clusters, 2^21 L2 tables, L1 table of 2^15 clusters; 256 refcounts a block.
    assertEquals(1L << 36, plan.region(Region.Kind.DATA).size());
    assertEquals(1L << 30, plan.region(Region.Kind.L2_TABLES).size());
    assertEquals(1L << 24, plan.region(Region.Kind.L1_TABLE).size());
    // (1 + 2^27 + 2^21 + 2^15) and themselves and the table at 256 a block.
    long blocks = plan.region(Region.Kind.REFCOUNT_BLOCKS).size() / 512;
    long table = plan.region(Region.Kind.REFCOUNT_TABLE).size() / 512;
    long others = 1 + (1L << 27) + (1L << 21) + (1L << 15);
    assertEquals(Math.ceilDiv(blocks, 64), table);
    assertTrue(blocks * 256 >= others + blocks + table);
    assertTrue((blocks - 1) * 256 < others + blocks - 1 + Math.ceilDiv(blocks - 1, 64));
    assertEquals(plan.imageSize(), plan.fullyAllocated().imageSize());
  }

  @Test
  void rawDataFileOf1PibIsPlanned() throws ImageException.Unsupported {
    ImageOptions options = Images.external(16, 4, "disk.raw", true);
    LayoutPlan plan =
        LayoutPlan.of(options, AllocationMap.full(options.geometry(), 1L << 50), "disk.raw");
    // 2^34 clusters are 2^21 L2 tables, and their L1 table has 256 clusters. 65 blocks count
    // 32768 each: 1 + 1 + 65 + 256 + 2^21 clusters.
    assertEquals(65536L * (1 + 1 + 65 + 256 + (1 << 21)), plan.imageSize());
    assertEquals(65 * 65536, plan.region(Region.Kind.REFCOUNT_BLOCKS).size());
    assertEquals(256 * 65536, plan.region(Region.Kind.L1_TABLE).size());
    assertEquals(0, plan.region(Region.Kind.DATA).size());
  }

  @Test
  void fullyAllocatedIsThePlanOfTheFullDisk() throws ImageException.Unsupported {
    ImageOptions options = Images.options(9, 6);
    LayoutPlan sparse = plan(options, 1 << 20, 7, 8);
    LayoutPlan full =
        LayoutPlan.of(options, AllocationMap.full(new Geometry(9, 6), 1 << 20), "disk.raw");
    assertEquals(full.regions(), sparse.fullyAllocated().regions());
  }

  @Test
  void fullyAllocatedIsKnownAlsoWhereQemuWouldRefuseIt() throws ImageException.Unsupported {
    ImageOptions options = Images.options(9, 6);
    LayoutPlan sparse = plan(options, 100L << 30);
    assertTrue(sparse.fullyAllocated().imageSize() > 100L << 30);
    AllocationMap full = AllocationMap.full(options.geometry(), 100L << 30);
    assertThrows(ImageException.Unsupported.class, () -> LayoutPlan.of(options, full, "disk.raw"));
  }

  @Test
  void regionThatEndsBeforeItStartsIsRejected() {
    assertThrows(IllegalArgumentException.class, () -> new Region(Region.Kind.DATA, 512, 511));
    assertThrows(IllegalArgumentException.class, () -> new Region(Region.Kind.DATA, -1, 0));
  }
}
