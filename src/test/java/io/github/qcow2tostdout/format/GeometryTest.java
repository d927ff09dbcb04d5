package io.github.qcow2tostdout.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GeometryTest {
  @ParameterizedTest
  @CsvSource({
    "9, 0, 512, 64, 4096",
    "9, 4, 512, 64, 256",
    "9, 6, 512, 64, 64",
    "12, 1, 4096, 512, 16384",
    "12, 2, 4096, 512, 8192",
    "16, 3, 65536, 8192, 65536",
    "16, 4, 65536, 8192, 32768",
    "21, 5, 2097152, 262144, 524288",
    "21, 0, 2097152, 262144, 16777216"
  })
  void sizesFollowFromTheTwoFields(
      int clusterBits, int refcountOrder, int clusterSize, int tableEntries, long blockEntries) {
    Geometry geometry = new Geometry(clusterBits, refcountOrder);
    assertEquals(clusterSize, geometry.clusterSize());
    assertEquals(tableEntries, geometry.tableEntries());
    assertEquals(blockEntries, geometry.refcountBlockEntries());
  }

  @ParameterizedTest
  @CsvSource({
    // 32 subclusters a cluster, 16 bytes an entry
    "14, true, 9, 5, 16, 1024",
    "16, true, 11, 5, 16, 4096",
    "21, true, 16, 5, 16, 131072",
    "14, false, 14, 0, 8, 2048",
    "9, false, 9, 0, 8, 64",
  })
  void extendedL2EntriesMapSubclustersAndTakeTwiceTheSpace(
      int clusterBits,
      boolean extended,
      int grainBits,
      int perClusterBits,
      int entrySize,
      int entries) {
    Geometry geometry = new Geometry(clusterBits, 4, extended);
    assertEquals(grainBits, geometry.grainBits());
    assertEquals(perClusterBits, geometry.grainsPerClusterBits());
    assertEquals(entrySize, geometry.l2EntrySize());
    assertEquals(entries, geometry.l2Entries());
    assertEquals(geometry.clusterSize() / 8, geometry.tableEntries(), "the other tables stay");
    assertEquals(1, geometry.l1Size(entries));
    assertEquals(2, geometry.l1Size(entries + 1));
  }

  @Test
  void extendedL2EntriesNeedSubclustersOfASector() {
    assertThrows(IllegalArgumentException.class, () -> new Geometry(13, 4, true));
  }

  @ParameterizedTest
  @CsvSource({
    "9, 0, 0",
    "9, 1, 1",
    "9, 511, 1",
    "9, 512, 1",
    "9, 513, 2",
    "16, 65535, 1",
    "16, 65536, 1",
    "16, 65537, 2",
    "21, 9223372036854775807, 4398046511104",
    "9, 9223372036854775807, 18014398509481984"
  })
  void lastClusterMayBePartial(int clusterBits, long bytes, long clusters) {
    assertEquals(clusters, new Geometry(clusterBits, 4).clusters(bytes));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1, 1",
    "63, 1",
    "64, 1",
    "65, 2",
    "268435456, 4194304",
    "268435457, 4194305"
  })
  void l1EntryIsAnL2TableOf64At512Bytes(long guestClusters, long l1Size) {
    assertEquals(l1Size, new Geometry(9, 4).l1Size(guestClusters));
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 1", "8192, 1", "8193, 2", "4194304, 512"})
  void tableTakesWholeClusters(long entries, long clusters) {
    assertEquals(clusters, new Geometry(16, 4).tableClusters(entries));
  }

  @ParameterizedTest
  @CsvSource({"8, 4", "22, 4", "0, 4", "-1, 4", "16, -1", "16, 7"})
  void fieldOutsideItsLimitsIsRejected(int clusterBits, int refcountOrder) {
    assertThrows(IllegalArgumentException.class, () -> new Geometry(clusterBits, refcountOrder));
  }

  @Test
  void limitsAreThoseOfQemu() {
    assertEquals(9, Limits.MIN_CLUSTER_BITS);
    assertEquals(21, Limits.MAX_CLUSTER_BITS);
    assertEquals(6, Limits.MAX_REFCOUNT_ORDER);
    assertEquals(33_554_432, Limits.MAX_L1_BYTES);
    assertEquals(8_388_608, Limits.MAX_REFCOUNT_TABLE_BYTES);
    assertEquals(72_057_594_037_927_936L, Limits.HOST_OFFSET_LIMIT);
    assertEquals(4096, Limits.MAX_CLUSTER_SIZE_WITHOUT_FEATURE_NAMES);
    assertEquals(512, Limits.SECTOR_SIZE);
  }
}
