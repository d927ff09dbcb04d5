package io.github.qcow2tostdout.source.qcow2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.Header;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.format.L2Entry;
import io.github.qcow2tostdout.format.TableEntry;
import io.github.qcow2tostdout.source.DataExtents;
import io.github.qcow2tostdout.source.FileSource;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.testing.LuksImage;
import io.github.qcow2tostdout.testing.StreamableImage;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that want too much, or something else than they should. */
@Timeout(60)
class HostileImagesTest {
  private static final int CLUSTER_BITS = 16;
  private static final int CLUSTER = 1 << CLUSTER_BITS;

  @TempDir Path directory;

  /**
   * A small file in which each L1 entry leads to one L2 table, and each entry of that to one place.
   */
  private Path repeating(long l1Entries, long l2Entry) throws IOException {
    long l1Bytes = l1Entries * 8;
    long l1Clusters = Math.ceilDiv(l1Bytes, (long) CLUSTER);
    long l2 = (3 + l1Clusters) * CLUSTER;
    ByteBuffer image = ByteBuffer.allocate((int) (l2 + 2 * CLUSTER));
    Header.ofVersion(3)
        .with(HeaderField.CLUSTER_BITS, CLUSTER_BITS)
        .with(HeaderField.SIZE, l1Entries << (2 * CLUSTER_BITS - 3))
        .with(HeaderField.L1_SIZE, l1Entries)
        .with(HeaderField.L1_TABLE_OFFSET, 3 * CLUSTER)
        .with(HeaderField.REFCOUNT_TABLE_OFFSET, CLUSTER)
        .with(HeaderField.REFCOUNT_TABLE_CLUSTERS, 1)
        .with(HeaderField.REFCOUNT_ORDER, new Geometry(CLUSTER_BITS, 4).refcountOrder())
        .write(image);
    for (int i = 0; i < l1Entries; i++) {
      image.putLong(3 * CLUSTER + i * 8, TableEntry.copied(l2));
    }
    for (int i = 0; i < CLUSTER / 8; i++) {
      image.putLong((int) l2 + i * 8, l2Entry);
    }
    return Files.write(directory.resolve("image"), image.array());
  }

  private static long dataOf(Source source) throws IOException {
    long data = 0;
    for (DataExtents extents = source.dataExtents(); extents.next(); ) {
      data += extents.to() - extents.from();
    }
    return data;
  }

  /** 2 EiB by a file of some MiB: nobody is kept waiting for them. */
  @Tag("slow")
  @ParameterizedTest
  @ValueSource(longs = {1 << 16, L2Entry.COMPRESSED | 1 << 16})
  void aSmallFileIsNoLargeDisk(long l2Entry) throws IOException {
    Path image = repeating(1 << 20, l2Entry);
    try (Source source = ImageOpener.open(image, "qcow2", ImageAccess.DEFAULT)) {
      ImageException.Corrupt error =
          assertThrows(ImageException.Corrupt.class, () -> dataOf(source));
      assertTrue(error.getMessage().contains("claim more than 64 times"), error::getMessage);
    }
    // Of either kind: too many claims, or too many compressed clusters to look for twins.
    assertThrows(
        ImageException.class,
        () -> ImageOpener.open(image, "qcow2", Disks.salvaging(new Salvage())));
  }

  @Test
  void holesOfAnySizeAreWalkedThrough() throws IOException {
    try (Source source = ImageOpener.open(repeating(1 << 16, 0), "qcow2", ImageAccess.DEFAULT)) {
      assertEquals(1L << 45, source.size());
      assertEquals(0, dataOf(source));
    }
  }

  /** What a table is too small for, is written over by 512 zeroes a byte. */
  @Test
  void compressedDataThatIsTooShortOrTooLongIsNoCluster() throws Exception {
    Path image = directory.resolve("image");
    Tool.QEMU_IMG.runWell("create", "-q", "-f", "qcow2", image, "1M");
    Tool.QEMU_IO.runWell("-f", "qcow2", "-c", "write -c -P 2 0 64k", image);
    byte[] bytes = Files.readAllBytes(image);
    ByteBuffer entries = ByteBuffer.wrap(bytes);
    int l2 = (int) TableEntry.hostOffset(entries.getLong(3 << 16));
    // A descriptor that ends in the middle of the data, which sectors can't show: of the next one.
    entries.putLong(l2 + 8, L2Entry.compressed(bytes.length - 2, 2, CLUSTER_BITS));
    Files.write(image, bytes);
    try (Source source = ImageOpener.open(image, "qcow2", ImageAccess.DEFAULT)) {
      ByteBuffer cluster = ByteBuffer.allocate(CLUSTER);
      assertEquals(CLUSTER, source.read(cluster, 0));
      assertEquals(2, cluster.get(CLUSTER - 1));
      assertThrows(
          ImageException.Corrupt.class, () -> source.read(ByteBuffer.allocate(CLUSTER), CLUSTER));
    }
  }

  @Tag("slow")
  @ParameterizedTest
  @CsvSource({"0,1", "0,2", "8,9", "104,100"})
  void cutFileIsAnErrorOrTheWholeDisk(int from, int step) throws IOException {
    byte[] whole = StreamableImage.ofClusterBits(9).make("DDZ.D");
    Path image = directory.resolve("image");
    Files.write(image, whole);
    byte[] disk;
    try (Source source = ImageOpener.open(image, "qcow2", ImageAccess.DEFAULT)) {
      disk = Disks.bytes(source);
    }
    for (int length = from; length < whole.length; length += step) {
      try (Source source =
          ImageOpener.open(
              Files.write(image, java.util.Arrays.copyOf(whole, length)),
              "qcow2",
              ImageAccess.DEFAULT)) {
        assertEquals(-1, java.util.Arrays.mismatch(disk, Disks.bytes(source)), "at " + length);
        assertEquals(whole.length, length, "cut at " + length);
      } catch (ImageException e) {
        // That is how it should be.
      }
    }
  }

  @Test
  void whatStandardInputNamesIsNotLookedFor() throws IOException {
    Path image = directory.resolve("image");
    Files.write(
        image, new StreamableImage(3, new Geometry(9, 4), false, false, "/etc/passwd").make("D.D"));
    FileSystemException refused =
        assertThrows(
            FileSystemException.class,
            () ->
                ImageOpener.open(
                    FileSource.open(image, true), Optional.empty(), Disks.following()));
    assertTrue(refused.getMessage().contains("names the backing file /etc/passwd; give"));
  }

  @Tag("slow")
  @Test
  void encryptedDisksAreRefusedByName() throws Exception {
    Path image = LuksImage.make(directory.resolve("image"));
    ImageException.Unsupported refused =
        assertThrows(
            ImageException.Unsupported.class,
            () -> ImageOpener.open(image, "qcow2", ImageAccess.DEFAULT));
    assertTrue(refused.getMessage().contains("encrypted with LUKS"), refused::getMessage);
  }

  @Test
  void dataFileThatIsTooShortIsAnError() throws Exception {
    Path image = directory.resolve("image");
    Path data = directory.resolve("data");
    Tool.QEMU_IMG.runWell("create", "-q", "-f", "qcow2", "-o", "data_file=" + data, image, "1M");
    Tool.QEMU_IO.runWell("-f", "qcow2", "-c", "write -P 2 0 1M", image);
    try (var file =
        java.nio.channels.FileChannel.open(data, java.nio.file.StandardOpenOption.WRITE)) {
      file.truncate(512 << 10);
    }
    try (Source source = ImageOpener.open(image, "qcow2", Disks.following())) {
      assertEquals(1 << 20, dataOf(source));
      ImageException.Corrupt error =
          assertThrows(ImageException.Corrupt.class, () -> Disks.bytes(source));
      assertTrue(error.getMessage().contains("the end of the data file " + data));
    }
  }
}
