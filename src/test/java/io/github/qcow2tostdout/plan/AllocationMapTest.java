package io.github.qcow2tostdout.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.format.Geometry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AllocationMapTest {
  private static final Geometry SMALL = new Geometry(9, 4);

  private static IndexSet set(long... bounds) {
    IndexSet.Builder builder = new IndexSet.Builder();
    for (int i = 0; i < bounds.length; i += 2) {
      builder.add(bounds[i], bounds[i + 1]);
    }
    return builder.build();
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 512", "511, 512", "512, 512", "513, 1024", "1048576, 1048576"})
  void diskSizeRoundsUpToSectors(long sourceSize, long diskSize) {
    assertEquals(diskSize, AllocationMap.diskSize(sourceSize));
  }

  @Test
  void l1EntryHasATableIfOneOfIts64ClustersIsAllocated() {
    AllocationMap map =
        AllocationMap.of(
            SMALL,
            1 << 20,
            new Grains(set(0, 1, 127, 128, 191, 193, 10 * 64, 12 * 64 + 1), IndexSet.EMPTY));
    assertEquals(7, map.l2Tables().count());
    for (long table : new long[] {0, 1, 2, 3, 10, 11, 12}) {
      assertTrue(map.l2Tables().contains(table), () -> "table " + table);
    }
    assertFalse(map.l2Tables().contains(4));
    assertFalse(map.l2Tables().contains(9));
  }

  @Test
  void emptyMapHasNoTable() {
    assertEquals(0, AllocationMap.of(SMALL, 1 << 20, new Grains(set(), set())).l2Tables().count());
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 0", "512, 1, 1", "32768, 64, 1", "33280, 65, 2", "1024, 2, 1"})
  void fullMapHasAllClustersAndTables(long diskSize, long clusters, long tables) {
    AllocationMap map = AllocationMap.full(SMALL, diskSize);
    assertEquals(clusters, map.clusters().count());
    assertEquals(tables, map.l2Tables().count());
    assertEquals(tables, map.l1Size());
  }
}
