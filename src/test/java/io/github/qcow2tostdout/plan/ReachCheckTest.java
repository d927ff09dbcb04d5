package io.github.qcow2tostdout.plan;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.convert.Images;
import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.ImageException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReachCheckTest {
  private static final Pattern REMEDY = Pattern.compile("use a cluster size of (\\d+)([KM])$");

  private static void check(ImageOptions options, ClusterCounts counts)
      throws ImageException.Unsupported {
    ReachCheck.verify(options, counts, "disk.raw");
  }

  private static String refusal(ImageOptions options, ClusterCounts counts) {
    return assertThrows(ImageException.Unsupported.class, () -> check(options, counts))
        .getMessage();
  }

  private static String refusalBeforeScan(ImageOptions options, long diskSize) {
    return assertThrows(
            ImageException.Unsupported.class,
            () -> ReachCheck.verifyBeforeScan(options, diskSize, "disk.raw"))
        .getMessage();
  }

  /** The options with the cluster size that a refusal names. */
  private static ImageOptions suggested(ImageOptions options, String refusal) {
    Matcher remedy = REMEDY.matcher(refusal);
    assertTrue(remedy.find(), refusal);
    long size = Long.parseLong(remedy.group(1)) << (remedy.group(2).equals("K") ? 10 : 20);
    return options.withClusterBits(Long.numberOfTrailingZeros(size));
  }

  /** A disk at the L1 limit: 2^22 entries, each for a table of clusterSize / 8 clusters. */
  private static long l1Limit(int clusterBits) {
    return 1L << (22 + clusterBits - 3 + clusterBits);
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19})
  void diskAtTheL1LimitIsTakenAndASectorMoreIsRefusedWithASizeThatWorks(int bits) {
    ImageOptions options = Images.options(bits, 4);
    long limit = l1Limit(bits);
    assertDoesNotThrow(() -> ReachCheck.verifyBeforeScan(options, limit - 512, "disk.raw"));
    assertDoesNotThrow(() -> ReachCheck.verifyBeforeScan(options, limit, "disk.raw"));
    String refusal = refusalBeforeScan(options, limit + 512);
    assertTrue(
        refusal.startsWith(
            "disk.raw: unsupported image: the L1 table takes 33554440 bytes, QEMU opens at most"
                + " 33554432; use a cluster size of "),
        refusal);
    ImageOptions larger = suggested(options, refusal);
    assertDoesNotThrow(() -> ReachCheck.verifyBeforeScan(larger, limit + 512, "disk.raw"));
    assertEquals(
        bits + 1, larger.geometry().clusterBits(), "not more than what works for a full disk");
  }

  @ParameterizedTest
  @CsvSource({"9, 4", "9, 6", "12, 4", "12, 6", "15, 6", "16, 4", "16, 5"})
  void sizeThatIsSuggestedBeforeTheScanWorksHoweverFullTheDiskIs(int bits, int order) {
    ImageOptions options = Images.options(bits, order);
    for (long diskSize : new long[] {l1Limit(bits) + 512, l1Limit(bits + 1)}) {
      ImageOptions larger = suggested(options, refusalBeforeScan(options, diskSize));
      long clusters = larger.geometry().clusters(diskSize);
      ClusterCounts full =
          ClusterCounts.of(larger, diskSize, larger.geometry().l1Size(clusters), clusters);
      assertDoesNotThrow(() -> check(larger, full), () -> "disk of " + diskSize);
    }
  }

  @ParameterizedTest
  @CsvSource({"20, 4", "21, 4", "21, 0", "21, 6"})
  void largestDisksAreTakenWhileTheyAreSparse(int bits, int order) {
    assertDoesNotThrow(
        () -> ReachCheck.verifyBeforeScan(Images.options(bits, order), l1Limit(bits), "disk.raw"));
  }

  @Test
  void diskThatFullDoesNotFitAnyClusterSizeIsStillOfferedOneThatTakesItSparse() {
    String refusal = refusalBeforeScan(Images.options(16, 4), 100L << 50);
    assertTrue(refusal.endsWith("; use a cluster size of 512K"), refusal);
  }

  @ParameterizedTest
  @ValueSource(longs = {(2L << 60) + 512, 4L << 60, Long.MAX_VALUE & -512})
  void diskBeyondAllClusterSizesIsRefusedWithoutFalseHope(long diskSize) {
    for (int order : new int[] {0, 4, 6}) {
      String refusal = refusalBeforeScan(Images.options(21, order), diskSize);
      assertTrue(refusal.contains(": the L1 table takes "), refusal);
      assertTrue(refusal.endsWith("; no cluster size helps"), refusal);
    }
  }

  /** Counts of exactly that many clusters in all; the disk is just large enough for its data. */
  private static ClusterCounts ofTotal(ImageOptions options, long total) {
    Geometry geometry = options.geometry();
    long blocks = Math.ceilDiv(total, geometry.refcountBlockEntries());
    long table = geometry.tableClusters(blocks);
    // The data is a guess first: L1 and L2 tables follow from it.
    long data = total - 1 - table - blocks;
    long l2Tables = geometry.l1Size(data);
    long l1Table = geometry.tableClusters(l2Tables);
    long left = data - l2Tables - l1Table;
    ClusterCounts counts =
        ClusterCounts.of(options, data << geometry.clusterBits(), l2Tables, left);
    assertEquals(l1Table, counts.l1Table());
    return counts;
  }

  @ParameterizedTest
  @CsvSource({"9, 4", "9, 5", "9, 6", "12, 4", "12, 6", "16, 0", "16, 3", "16, 4", "16, 6"})
  void refcountTableAtItsLimitIsTakenAndOneClusterMoreIsRefusedWithASizeThatWorks(
      int bits, int order) {
    ImageOptions options = Images.options(bits, order);
    // 2^20 entries in 8 MiB, a block of refcounts each.
    long limit = (1L << 20) * options.geometry().refcountBlockEntries();
    ClusterCounts atLimit = ofTotal(options, limit);
    assertEquals(limit, atLimit.total());
    assertEquals(8 << 20, atLimit.refcountTable() << bits);
    if (options.geometry().l1Size(options.geometry().clusters(atLimit.diskSize())) > 1 << 22) {
      assertTrue(refusal(options, atLimit).contains(": the L1 table takes "));
      return;
    }
    assertDoesNotThrow(() -> check(options, atLimit));
    ClusterCounts below =
        ClusterCounts.of(options, atLimit.diskSize(), atLimit.l2Tables(), atLimit.data() - 1);
    assertDoesNotThrow(() -> check(options, below));
    ClusterCounts above =
        ClusterCounts.of(options, atLimit.diskSize(), atLimit.l2Tables(), atLimit.data() + 1);
    String refusal = refusal(options, above);
    assertTrue(
        refusal.startsWith(
            "disk.raw: unsupported image: the refcount table takes "
                + ((8 << 20) + (1 << bits))
                + " bytes, QEMU opens at most 8388608; use a cluster size of "),
        refusal);
    ImageOptions larger = suggested(options, refusal);
    assertDoesNotThrow(() -> check(larger, above.atMost(larger)));
  }

  @Test
  void imageThatNoClusterSizeMakesSmallEnoughIsRefusedWithoutFalseHope() {
    ImageOptions options = Images.options(19, 6);
    // 2^57 bytes, at the L1 limit.
    ClusterCounts above = ClusterCounts.of(options, l1Limit(19), 1L << 22, 1L << 38);
    String refusal = refusal(options, above);
    assertTrue(refusal.contains(": the refcount table takes "), refusal);
    assertTrue(refusal.endsWith("; no cluster size helps"), refusal);
  }

  @ParameterizedTest
  @CsvSource({"21, 4", "21, 0", "20, 4"})
  void imageUpTo2To56IsTakenAndOneClusterMoreIsRefused(int bits, int order) {
    ImageOptions options = Images.options(bits, order);
    ClusterCounts atLimit = ofTotal(options, 1L << (56 - bits));
    assertEquals(1L << 56, atLimit.total() << bits);
    assertDoesNotThrow(() -> check(options, atLimit));
    ClusterCounts above =
        ClusterCounts.of(options, atLimit.diskSize(), atLimit.l2Tables(), atLimit.data() + 1);
    String refusal = refusal(options, above);
    assertTrue(refusal.contains(": host offsets go beyond 2^56, "), refusal);
  }

  @ParameterizedTest
  @ValueSource(ints = {19, 20, 21})
  void externalDataFileUpTo2To56IsTakenAndASectorMoreIsRefused(int bits) {
    ImageOptions options = Images.external(bits, 4, "d", false);
    assertDoesNotThrow(() -> ReachCheck.verifyBeforeScan(options, 1L << 56, "disk.raw"));
    assertEquals(
        "disk.raw: unsupported image: host offsets go beyond 2^56, which is all that table entries"
            + " can hold; no cluster size helps",
        refusalBeforeScan(options, (1L << 56) + 512));
  }

  @ParameterizedTest
  @CsvSource({
    // header 112, extension 8, name padded to 8, end 8
    "9, 383",
    "9, 384",
    "10, 896",
    "12, 3968",
    // from 8 KiB on the feature name table takes 392
    "13, 7672",
    "16, 65016"
  })
  void dataFileNameThatFillsTheHeaderClusterIsTakenAndAByteMoreIsRefused(int bits, int length) {
    ImageOptions options = Images.external(bits, 4, "n".repeat(length), false);
    assertDoesNotThrow(() -> ReachCheck.verifyBeforeScan(options, 1 << 20, "disk.raw"));
    if (length % 8 != 0) {
      return;
    }
    ImageOptions above = Images.external(bits, 4, "n".repeat(length + 1), false);
    String refusal = refusalBeforeScan(above, 1 << 20);
    assertTrue(
        refusal.startsWith(
            "disk.raw: unsupported image: header, feature name table and data file name take "
                + ((1 << bits) + 8)
                + " bytes, a cluster holds "
                + (1 << bits)
                + "; use a cluster size of "),
        refusal);
    assertDoesNotThrow(
        () -> ReachCheck.verifyBeforeScan(suggested(above, refusal), 1 << 20, "disk.raw"));
  }

  @Test
  void nameThatIsRefusedAt4KibIsNotSentTo8KibWhereTheFeatureTableTakesTheRoom() {
    ImageOptions options = Images.external(12, 4, "n".repeat(7673), false);
    String refusal = refusalBeforeScan(options, 1 << 20);
    assertTrue(refusal.endsWith("use a cluster size of 16K"), refusal);
  }

  /** Over a backing file. */
  private static ImageOptions over(int bits, int version, String dataFile, int nameLength) {
    return new ImageOptions(
        new Geometry(bits, 4),
        version,
        false,
        dataFile.isEmpty()
            ? Optional.empty()
            : Optional.of(new ImageOptions.DataFile(dataFile, false)),
        Optional.of(new ImageOptions.BackingFile("n".repeat(nameLength), "raw")));
  }

  @ParameterizedTest
  @CsvSource({
    // header 112, extension 16, end 8; version 2: 72, 16, 8
    "9, 3, '', 376",
    "9, 2, '', 416",
    "10, 3, '', 888",
    "9, 3, disk.raw, 360",
    "10, 3, disk.raw, 872",
  })
  void backingNameThatFillsTheHeaderClusterIsTakenAndAByteMoreIsRefused(
      int bits, int version, String dataFile, int length) {
    ImageOptions options = over(bits, version, dataFile, length);
    assertDoesNotThrow(() -> ReachCheck.verifyBeforeScan(options, 1 << 20, "disk.raw"));
    ImageOptions above = over(bits, version, dataFile, length + 1);
    String refusal = refusalBeforeScan(above, 1 << 20);
    assertTrue(
        refusal.startsWith(
            "disk.raw: unsupported image: header, feature name table and "
                + (dataFile.isEmpty()
                    ? "backing file name"
                    : "the names of data file and backing file")
                + " take "
                + ((1 << bits) + 1)
                + " bytes, a cluster holds "
                + (1 << bits)
                + "; use a cluster size of "),
        refusal);
    assertDoesNotThrow(
        () -> ReachCheck.verifyBeforeScan(suggested(above, refusal), 1 << 20, "disk.raw"));
  }

  @Test
  void longestBackingNameFits2KibClusters() {
    assertDoesNotThrow(
        () -> ReachCheck.verifyBeforeScan(over(11, 3, "", 1023), 1 << 20, "disk.raw"));
    assertTrue(refusalBeforeScan(over(10, 3, "", 1023), 1 << 20).endsWith("of 2K"));
    assertThrows(IllegalArgumentException.class, () -> over(16, 3, "", 1024));
  }

  @ParameterizedTest
  @ValueSource(ints = {14, 16, 18})
  void extendedL2EntriesReachHalfAsFar(int bits) {
    ImageOptions options = Images.extended(bits, 4);
    long limit = l1Limit(bits) / 2;
    assertDoesNotThrow(() -> ReachCheck.verifyBeforeScan(options, limit, "disk.raw"));
    String refusal = refusalBeforeScan(options, limit + 512);
    assertTrue(refusal.contains(": the L1 table takes 33554440 bytes"), refusal);
    ImageOptions larger = suggested(options, refusal);
    assertTrue(larger.geometry().extendedL2());
    assertEquals(bits + 1, larger.geometry().clusterBits());
    assertDoesNotThrow(() -> ReachCheck.verifyBeforeScan(larger, limit + 512, "disk.raw"));
  }

  @Test
  void nameTooLongForEveryClusterIsRefused() {
    ImageOptions options = Images.external(9, 4, "n".repeat(3 << 20), false);
    String refusal = refusalBeforeScan(options, 1 << 20);
    assertTrue(refusal.endsWith("; no cluster size helps"), refusal);
  }

  @Test
  void version2HasRoomFor512ByteClusters() {
    ImageOptions options = new ImageOptions(new Geometry(9, 4), 2, false, Optional.empty());
    assertDoesNotThrow(() -> ReachCheck.verifyBeforeScan(options, 1 << 20, "disk.raw"));
  }
}
