package io.github.qcow2tostdout.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.testing.Seeds;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeptClustersTest {
  private static final long SEED = Seeds.seed();

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(ints = {9, 12, 16, 21})
  void whatWasKeptIsReadAcrossPagesAndKinds(int clusterBits) throws Exception {
    Random random = new Random(SEED);
    int clusterSize = 1 << clusterBits;
    int clusters = clusterBits > 16 ? 8 : 200;
    byte[] stream = new byte[clusters * clusterSize];
    KeptClusters kept = new KeptClusters(clusterBits, false, false);
    boolean[] isKept = new boolean[clusters];
    for (int cluster = 0; cluster < clusters; cluster++) {
      isKept[cluster] = random.nextInt(8) != 0;
      if (isKept[cluster]) {
        ByteBuffer bytes = ByteBuffer.wrap(stream, cluster * clusterSize, clusterSize).slice();
        for (int at = 0; at < clusterSize; at += 8) {
          bytes.putLong(at, random.nextInt(4) == 0 ? random.nextLong() : 0);
        }
        KeptClusters.Kind kind =
            switch (random.nextInt(6)) {
              case 0 -> KeptClusters.Kind.REFCOUNTS;
              case 1 -> KeptClusters.Kind.L2_TABLES;
              default -> KeptClusters.Kind.OFFSETS;
            };
        kept.add(cluster, kind, bytes);
      }
    }
    BoundedFile file = BoundedFile.of("-", kept, stream.length);
    for (int i = 0; i < 2000; i++) {
      int from = random.nextInt(stream.length);
      int to = Math.min(stream.length, from + 1 + random.nextInt(2 * clusterSize));
      boolean all = true;
      for (int at = from / clusterSize; at <= (to - 1) / clusterSize; at++) {
        all &= isKept[at];
        assertEquals(isKept[at], kept.contains(at));
      }
      int length = Math.min(to - from, BoundedFile.MAX_READ);
      if (all) {
        assertEquals(ByteBuffer.wrap(stream, from, length), file.read(from, length, "some"));
      }
    }
  }

  @Test
  void whatWasNotKeptIsNeverZeroes() {
    KeptClusters kept = new KeptClusters(9, false, false);
    kept.add(3, KeptClusters.Kind.OFFSETS, ByteBuffer.allocate(512));
    kept.add(5, KeptClusters.Kind.OFFSETS, ByteBuffer.allocate(512));
    for (long cluster : new long[] {0, 2, 4, 6, 1L << 40}) {
      assertFalse(kept.contains(cluster));
      assertThrows(
          IllegalStateException.class, () -> kept.read(ByteBuffer.allocate(1), cluster << 9));
    }
    assertTrue(kept.contains(3));
    assertTrue(kept.contains(5));
  }

  @Test
  void sizeGrowsByWhatIsHardToCode() {
    KeptClusters kept = new KeptClusters(16, false, false);
    ByteBuffer cluster = ByteBuffer.allocate(1 << 16);
    for (int i = 0; i < 100; i++) {
      kept.add(i, KeptClusters.Kind.L2_TABLES, cluster);
    }
    assertTrue(kept.size() < 10_000, () -> kept.size() + " bytes");
    new Random(SEED).nextBytes(cluster.array());
    kept.add(100, KeptClusters.Kind.L2_TABLES, cluster);
    kept.add(101, KeptClusters.Kind.L2_TABLES, cluster);
    assertTrue(kept.size() > 1 << 16, () -> kept.size() + " bytes");
  }
}
