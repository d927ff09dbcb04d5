package io.github.qcow2tostdout.convert;

import static io.github.qcow2tostdout.testing.Hex.assertBytes;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.plan.ImageOptions;
import io.github.qcow2tostdout.testing.Hex;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Header and tables of small images, written out by hand. */
class GoldenImageTest {
  private static final byte ONE = 1;

  private static byte[] image(MemorySource source, ImageOptions options) throws IOException {
    return Images.image(source, options);
  }

  /** A part of zeroes but for some 8-byte words: where in the part, and what. */
  private static void assertWords(byte[] image, int from, int to, long... words) {
    ByteBuffer expected = ByteBuffer.allocate(to - from);
    for (int i = 0; i < words.length; i += 2) {
      expected.putLong((int) words[i], words[i + 1]);
    }
    assertEquals(Hex.dump(expected.array()), Hex.dump(Arrays.copyOfRange(image, from, to)));
  }

  @Test
  void version2At512BytesIsItsGoldenBytes() throws IOException {
    ImageOptions options = new ImageOptions(new Geometry(9, 4), 2, false, Optional.empty());
    MemorySource source = new MemorySource(3 * 512).put(0, ONE).put(1024, ONE);
    byte[] image = image(source, options);
    assertEquals(3584, image.length);
    assertBytes(
        """
        51 46 49 fb 00 00 00 02  | magic, version
        00 00 00 00 00 00 00 00  | backing_file_offset
        00 00 00 00 00 00 00 09  | backing_file_size, cluster_bits
        00 00 00 00 00 00 06 00  | size: 1536
        00 00 00 00 00 00 00 01  | crypt_method, l1_size
        00 00 00 00 00 00 06 00  | l1_table_offset: 1536
        00 00 00 00 00 00 02 00  | refcount_table_offset: 512
        00 00 00 01 00 00 00 00  | refcount_table_clusters, nb_snapshots
        00 00 00 00 00 00 00 00  | snapshots_offset
        00 00 00 00 00 00 00 00  | end of the extensions
        """,
        image,
        0,
        512);
    assertBytes("00 00 00 00 00 00 04 00 | block at 1024", image, 512, 1024);
    assertBytes("00 01 00 01 00 01 00 01 00 01 00 01 00 01 | 7 clusters", image, 1024, 1536);
    assertBytes("80 00 00 00 00 00 08 00 | table at 2048", image, 1536, 2048);
    assertBytes(
        """
        80 00 00 00 00 00 0a 00  | data at 2560
        00 00 00 00 00 00 00 00
        80 00 00 00 00 00 0c 00  | data at 3072
        """,
        image,
        2048,
        2560);
    assertBytes("01", image, 2560, 3072);
    assertBytes("01", image, 3072, 3584);
  }

  @Test
  void version3At512BytesHasNoFeatureNames() throws IOException {
    ImageOptions options = new ImageOptions(new Geometry(9, 0), 3, true, Optional.empty());
    byte[] image = image(new MemorySource(512).put(511, ONE), options);
    assertBytes(
        """
        51 46 49 fb 00 00 00 03  | magic, version
        00 00 00 00 00 00 00 00  | backing_file_offset
        00 00 00 00 00 00 00 09  | backing_file_size, cluster_bits
        00 00 00 00 00 00 02 00  | size: 512
        00 00 00 00 00 00 00 01  | crypt_method, l1_size
        00 00 00 00 00 00 06 00  | l1_table_offset
        00 00 00 00 00 00 02 00  | refcount_table_offset
        00 00 00 01 00 00 00 00  | refcount_table_clusters, nb_snapshots
        00 00 00 00 00 00 00 00  | snapshots_offset
        00 00 00 00 00 00 00 00  | incompatible_features
        00 00 00 00 00 00 00 01  | compatible_features: lazy refcounts
        00 00 00 00 00 00 00 00  | autoclear_features
        00 00 00 00 00 00 00 70  | refcount_order, header_length
        00 00 00 00 00 00 00 00  | compression_type, padding
        00 00 00 00 00 00 00 00  | end of the extensions
        """,
        image,
        0,
        512);
    assertBytes("3f | 6 clusters of a bit", image, 1024, 1536);
  }

  @Test
  void emptyDiskHasNoL1TableAndNoOffsetOfOne() throws IOException {
    byte[] image = image(new MemorySource(0), Images.options(9, 6));
    assertEquals(1536, image.length);
    assertWords(
        image,
        0,
        512,
        0,
        0x514649fb_00000003L,
        16,
        9,
        48,
        512,
        56,
        1L << 32,
        96,
        0x00000006_00000070L);
    assertWords(image, 512, 1024, 0, 1024);
    assertWords(image, 1024, 1536, 0, 1, 8, 1, 16, 1);
  }

  @Test
  void externalDataFileIsNamedAndItsClustersLieWhereTheGuestSeesThem() throws IOException {
    MemorySource source = new MemorySource(4 * 512).put(0, ONE).put(3 * 512, ONE);
    byte[] image = image(source, Images.external(9, 3, "disk.raw", false));
    assertEquals(2560, image.length);
    assertBytes(
        """
        51 46 49 fb 00 00 00 03  | magic, version
        00 00 00 00 00 00 00 00  | backing_file_offset
        00 00 00 00 00 00 00 09  | backing_file_size, cluster_bits
        00 00 00 00 00 00 08 00  | size: 2048
        00 00 00 00 00 00 00 01  | crypt_method, l1_size
        00 00 00 00 00 00 06 00  | l1_table_offset
        00 00 00 00 00 00 02 00  | refcount_table_offset
        00 00 00 01 00 00 00 00  | refcount_table_clusters, nb_snapshots
        00 00 00 00 00 00 00 00  | snapshots_offset
        00 00 00 00 00 00 00 04  | incompatible_features: external data file
        00 00 00 00 00 00 00 00  | compatible_features
        00 00 00 00 00 00 00 00  | autoclear_features
        00 00 00 03 00 00 00 70  | refcount_order, header_length
        00 00 00 00 00 00 00 00  | compression_type, padding
        44 41 54 41 00 00 00 08  | external data file name, 8 bytes
        64 69 73 6b 2e 72 61 77  | disk.raw
        00 00 00 00 00 00 00 00  | end of the extensions
        """,
        image,
        0,
        512);
    assertBytes("01 01 01 01 01", image, 1024, 1536);
    assertBytes("80 00 00 00 00 00 08 00", image, 1536, 2048);
    assertBytes(
        """
        80 00 00 00 00 00 00 00  | offset 0, which only the copied flag tells from nothing
        00 00 00 00 00 00 00 00
        00 00 00 00 00 00 00 00
        80 00 00 00 00 00 06 00  | 1536
        """,
        image,
        2048,
        2560);
  }

  @Test
  void rawDataFileMapsEveryClusterAndSaysSo() throws IOException {
    byte[] image = image(new MemorySource(3 * 512), Images.external(9, 4, "a", true));
    assertBytes(
        """
        00 00 00 00 00 00 00 04  | incompatible_features: external data file
        00 00 00 00 00 00 00 00  | compatible_features
        00 00 00 00 00 00 00 02  | autoclear_features: raw external data
        00 00 00 04 00 00 00 70  | refcount_order, header_length
        00 00 00 00 00 00 00 00  | compression_type, padding
        44 41 54 41 00 00 00 01  | external data file name, a byte
        61 00 00 00 00 00 00 00  | a
        """,
        image,
        72,
        512);
    assertWords(image, 2048, 2560, 0, 1L << 63, 8, (1L << 63) + 512, 16, (1L << 63) + 1024);
  }

  @Test
  void defaultImageHasFeatureNamesAndTablesOf64Kib() throws IOException {
    MemorySource source =
        new MemorySource((10 << 20) + 1).put(65535, ONE).put(6 * 65536, ONE).put(10 << 20, ONE);
    byte[] image = image(source, ImageOptions.defaults());
    assertEquals(8 * 65536, image.length);
    assertBytes(
        """
        51 46 49 fb 00 00 00 03
        00 00 00 00 00 00 00 00
        00 00 00 00 00 00 00 10  | cluster_bits
        00 00 00 00 00 a0 02 00  | size, rounded up to a sector
        00 00 00 00 00 00 00 01
        00 00 00 00 00 03 00 00  | l1_table_offset
        00 00 00 00 00 01 00 00  | refcount_table_offset
        00 00 00 01 00 00 00 00
        00 00 00 00 00 00 00 00
        00 00 00 00 00 00 00 00
        00 00 00 00 00 00 00 00
        00 00 00 00 00 00 00 00
        00 00 00 04 00 00 00 70
        00 00 00 00 00 00 00 00
        68 03 f8 57 00 00 01 80  | feature name table, 8 names of 48 bytes
        00 00 64 69 72 74 79 20 62 69 74 00 00 00 00 00  | dirty bit
        """,
        image,
        0,
        136);
    assertBytes("02 01 72 61 77 20 65 78 74 65 72 6e 61 6c 20 64 61 74 61", image, 456, 65536);
    assertWords(image, 0x10000, 0x20000, 0, 0x20000);
    assertWords(image, 0x20000, 0x30000, 0, 0x0001_0001_0001_0001L, 8, 0x0001_0001_0001_0001L);
    assertWords(image, 0x30000, 0x40000, 0, 0x8000_0000_0004_0000L);
    assertWords(
        image,
        0x40000,
        0x50000,
        0,
        0x8000_0000_0005_0000L,
        6 * 8,
        0x8000_0000_0006_0000L,
        160 * 8,
        0x8000_0000_0007_0000L);
  }

  @Test
  void dataFileNameComesBeforeTheFeatureNames() throws IOException {
    byte[] image = image(new MemorySource(512), Images.external(13, 4, "disk.raw", false));
    assertBytes(
        """
        44 41 54 41 00 00 00 08
        64 69 73 6b 2e 72 61 77
        68 03 f8 57 00 00 01 80
        """,
        image,
        112,
        136);
  }

  @Test
  void tablesWithGapsAndTwoRefcountBlocksAreAsCountedByHand() throws IOException {
    // 64 entries a table: clusters 0, 63 are of the first, 130 is of the third; 60 more fill the
    // sixth. Of 64-bit refcounts a block has 64.
    MemorySource source =
        new MemorySource(400 * 512).put(0, ONE).put(63 * 512, ONE).put(130 * 512, ONE);
    for (int cluster = 320; cluster < 380; cluster++) {
      source.put(cluster * 512L, ONE);
    }
    byte[] image = image(source, Images.options(9, 6));
    // Header, refcount table, 2 blocks, L1 table, 3 L2 tables, 63 data clusters.
    assertEquals((1 + 1 + 2 + 1 + 3 + 63) * 512, image.length);
    assertWords(image, 512, 1024, 0, 1024, 8, 1536);
    long[] refcounts = new long[2 * 71];
    for (int i = 0; i < 71; i++) {
      refcounts[2 * i] = 8L * i;
      refcounts[2 * i + 1] = 1;
    }
    assertWords(image, 1024, 2048, refcounts);
    long copied = 1L << 63;
    assertWords(image, 2048, 2560, 0, 2560 | copied, 2 * 8, 3072 | copied, 5 * 8, 3584 | copied);
    assertWords(image, 2560, 3072, 0, 4096 | copied, 63 * 8, 4608 | copied);
    assertWords(image, 3072, 3584, 2 * 8, 5120 | copied);
    long[] entries = new long[2 * 60];
    for (int i = 0; i < 60; i++) {
      entries[2 * i] = 8L * i;
      entries[2 * i + 1] = (5632 + 512L * i) | copied;
    }
    assertWords(image, 3584, 4096, entries);
  }
}
