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

/** Header and tables of deltas, extended L2 entries and zero clusters, written out by hand. */
class GoldenShapesTest {
  private static final byte ONE = 1;
  private static final byte TWO = 2;
  private static final long COPIED = 1L << 63;

  /** A part of zeroes but for the 8-byte words that it begins with. */
  private static void assertWords(byte[] image, int from, int to, long... words) {
    ByteBuffer expected = ByteBuffer.allocate(to - from);
    for (long word : words) {
      expected.putLong(word);
    }
    assertEquals(Hex.dump(expected.array()), Hex.dump(Arrays.copyOfRange(image, from, to)));
  }

  private static ImageOptions over(int version, int refcountOrder, String name, String format) {
    return new ImageOptions(
        new Geometry(9, refcountOrder),
        version,
        false,
        Optional.empty(),
        Optional.of(new ImageOptions.BackingFile(name, format)));
  }

  /** The same data, other data, what became zero, and zeroes. */
  private static MemorySource disk() {
    return new MemorySource(4 * 512).put(0, ONE).put(512, ONE);
  }

  private static MemorySource base() {
    return new MemorySource(4 * 512).put(0, ONE).put(512, TWO).put(1024, TWO);
  }

  @Test
  void deltaNamesItsBackingFileAndItsFormatAndMarksWhatBecameZero() throws IOException {
    byte[] image = Images.image(disk(), over(3, 4, "base.raw", "raw"), Images.compareWith(base()));
    assertEquals(6 * 512, image.length);
    assertBytes(
        """
        51 46 49 fb 00 00 00 03  | magic, version
        00 00 00 00 00 00 00 88  | backing_file_offset: 136
        00 00 00 08 00 00 00 09  | backing_file_size, cluster_bits
        00 00 00 00 00 00 08 00  | size: 2048
        00 00 00 00 00 00 00 01  | crypt_method, l1_size
        00 00 00 00 00 00 06 00  | l1_table_offset
        00 00 00 00 00 00 02 00  | refcount_table_offset
        00 00 00 01 00 00 00 00  | refcount_table_clusters, nb_snapshots
        00 00 00 00 00 00 00 00  | snapshots_offset
        00 00 00 00 00 00 00 00  | incompatible_features
        00 00 00 00 00 00 00 00  | compatible_features
        00 00 00 00 00 00 00 00  | autoclear_features
        00 00 00 04 00 00 00 70  | refcount_order, header_length
        00 00 00 00 00 00 00 00  | compression_type, padding
        e2 79 2a ca 00 00 00 03  | backing file format, 3 bytes
        72 61 77 00 00 00 00 00  | raw
        00 00 00 00 00 00 00 00  | end of the extensions
        62 61 73 65 2e 72 61 77  | base.raw
        """,
        image,
        0,
        512);
    assertBytes("00 01 00 01 00 01 00 01 00 01 00 01 | 6 clusters", image, 1024, 1536);
    assertBytes("80 00 00 00 00 00 08 00", image, 1536, 2048);
    assertBytes(
        """
        00 00 00 00 00 00 00 00  | as in the base
        80 00 00 00 00 00 0a 00  | data at 2560
        00 00 00 00 00 00 00 01  | reads as zeroes
        00 00 00 00 00 00 00 00  | as in the base, which is zeroes
        """,
        image,
        2048,
        2560);
    assertBytes("01", image, 2560, 3072);
  }

  @Test
  void deltaOfVersion2StoresWhatBecameZero() throws IOException {
    byte[] image = Images.image(disk(), over(2, 4, "b", "qcow2"), Images.compareWith(base()));
    assertEquals(7 * 512, image.length);
    assertBytes(
        """
        51 46 49 fb 00 00 00 02  | magic, version
        00 00 00 00 00 00 00 60  | backing_file_offset: 96
        00 00 00 01 00 00 00 09  | backing_file_size, cluster_bits
        00 00 00 00 00 00 08 00
        00 00 00 00 00 00 00 01
        00 00 00 00 00 00 06 00
        00 00 00 00 00 00 02 00
        00 00 00 01 00 00 00 00
        00 00 00 00 00 00 00 00
        e2 79 2a ca 00 00 00 05  | backing file format, 5 bytes
        71 63 6f 77 32 00 00 00  | qcow2
        00 00 00 00 00 00 00 00  | end of the extensions
        62                       | b
        """,
        image,
        0,
        512);
    assertWords(image, 2048, 2560, 0, 2560 | COPIED, 3072 | COPIED);
    assertBytes("01", image, 2560, 3072);
    assertBytes("", image, 3072, 3584);
  }

  @Test
  void diffHasTheSameTablesAndNamesNothing() throws IOException {
    byte[] image = Images.image(disk(), Images.options(9, 4), Images.compareWith(base()));
    assertEquals(0, ByteBuffer.wrap(image).getLong(8), "backing_file_offset");
    assertWords(image, 112, 512);
    assertWords(image, 2048, 2560, 0, 2560 | COPIED, 1);
  }

  @Test
  void namesOfBothFilesAndTheFeaturesAreInQemusOrder() throws IOException {
    ImageOptions options =
        new ImageOptions(
            new Geometry(13, 4),
            3,
            false,
            Optional.of(new ImageOptions.DataFile("data", false)),
            Optional.of(new ImageOptions.BackingFile("back", "raw")));
    byte[] image = Images.image(disk(), options, Images.compareWith(base()));
    assertBytes(
        """
        e2 79 2a ca 00 00 00 03
        72 61 77 00 00 00 00 00
        44 41 54 41 00 00 00 04
        64 61 74 61 00 00 00 00
        68 03 f8 57 00 00 01 80
        """,
        image,
        112,
        152);
    // 112 + 16 + 16 + 392 + 8
    assertEquals(544, ByteBuffer.wrap(image).getLong(8));
    assertBytes("00 00 00 00 00 00 00 00 62 61 63 6b", image, 536, 8192);
  }

  private static MemorySource subclusters() {
    // Clusters of 16 KiB, subclusters of 512 bytes: the first and the last of the first cluster,
    // and the second of the third.
    return new MemorySource(3 * 16384).put(0, ONE).put(16383, ONE).put(2 * 16384 + 512 + 5, ONE);
  }

  @Test
  void extendedL2EntriesSayWhichSubclustersHoldData() throws IOException {
    byte[] image = Images.image(subclusters(), Images.extended(14, 4));
    assertEquals(7 * 16384, image.length);
    assertEquals(16, ByteBuffer.wrap(image).getLong(72), "incompatible_features");
    assertWords(image, 0xc000, 0x10000, 0x10000 | COPIED);
    assertWords(
        image,
        0x10000,
        0x14000,
        0x14000 | COPIED,
        0x0000_0000_8000_0001L,
        0,
        0,
        0x18000 | COPIED,
        0x0000_0000_0000_0002L);
    assertEquals(1, image[0x14000]);
    assertEquals(1, image[0x17fff]);
    assertEquals(1, image[0x18205]);
  }

  @Test
  void extendedL2EntriesKeepZeroesBySubclusters() throws IOException {
    byte[] image = Images.image(subclusters(), Images.extended(14, 4), Images.keepZeroes());
    assertEquals(7 * 16384, image.length);
    assertWords(
        image,
        0x10000,
        0x14000,
        0x14000 | COPIED,
        0x7fff_fffe_8000_0001L,
        0,
        0xffff_ffff_0000_0000L,
        0x18000 | COPIED,
        0xffff_fffd_0000_0002L);
  }

  @Test
  void extendedL2EntriesOfADeltaLeaveSubclustersToTheBase() throws IOException {
    // Subcluster 0 differs, 1 became zero, 2 is the same data, 31 is new.
    MemorySource source = new MemorySource(16384).put(0, ONE).put(2 * 512, TWO).put(31 * 512, ONE);
    MemorySource base = new MemorySource(16384).put(0, TWO).put(512, TWO).put(2 * 512, TWO);
    byte[] image = Images.image(source, Images.extended(14, 4), Images.compareWith(base));
    assertEquals(6 * 16384, image.length);
    assertWords(image, 0x10000, 0x14000, 0x14000 | COPIED, 0x0000_0002_8000_0001L);
    assertEquals(1, image[0x14000]);
    assertEquals(0, image[0x14000 + 2 * 512], "what the base has is not stored");
    assertEquals(1, image[0x14000 + 31 * 512]);
  }

  @Test
  void rawDataFileHasAllSubclusters() throws IOException {
    // QEMU 7.2 itself makes such images without any: they read as zeroes until they are written.
    ImageOptions options =
        new ImageOptions(
            new Geometry(14, 4, true), 3, false, Optional.of(new ImageOptions.DataFile("d", true)));
    byte[] image = Images.image(new MemorySource(16384 + 512), options);
    assertEquals(20, ByteBuffer.wrap(image).getLong(72), "incompatible_features");
    assertWords(image, 0x10000, 0x14000, COPIED, 0xffff_ffffL, 0x4000 | COPIED, 0xffff_ffffL);
  }

  @Test
  void zeroClustersHaveTheFlagAndNoOffset() throws IOException {
    MemorySource source =
        new MemorySource(200 * 512).extents(512, 2 * 512, 5 * 512, 9 * 512, 130 * 512, 131 * 512);
    byte[] image =
        Images.image(source.put(6 * 512, ONE), Images.options(9, 4), Images.keepZeroes());
    // The third L2 table is there for a cluster of zeroes alone.
    assertEquals((1 + 1 + 1 + 1 + 2 + 1) * 512, image.length);
    assertWords(image, 1536, 2048, 2048 | COPIED, 0, 2560 | COPIED);
    assertWords(image, 2048, 2560, 0, 1, 0, 0, 0, 1, 3072 | COPIED, 1, 1);
    assertWords(image, 2560, 3072, 0, 0, 1);
  }

  @Test
  void zeroClustersOfADataFileHaveTheFlagToo() throws IOException {
    MemorySource source = new MemorySource(3 * 512).put(512, ONE);
    byte[] image = Images.image(source, Images.external(9, 4, "d", false), Images.keepZeroes());
    assertWords(image, 2048, 2560, 1, 512 | COPIED, 1);
  }
}
