package io.github.qcow2tostdout.source.qcow2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.GuestMap;
import io.github.qcow2tostdout.image.GuestRun;
import io.github.qcow2tostdout.image.OpenRules;
import io.github.qcow2tostdout.source.DataExtents;
import io.github.qcow2tostdout.source.FileSource;
import io.github.qcow2tostdout.source.ForwardingSource;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.testing.ImageFiles;
import io.github.qcow2tostdout.testing.Poke;
import io.github.qcow2tostdout.testing.StreamableImage;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damage: an error without salvage, and with it zeroes that are said. */
class SalvageTest {
  private static final int CLUSTER = 512;
  private static final long L1 = 3 * CLUSTER;
  private static final long L2 = 4 * CLUSTER;
  private static final long DATA = 5 * CLUSTER;

  @TempDir Path directory;
  private Path image;
  private final Salvage salvage = new Salvage();

  /** Six clusters of 1 to 6; header, refcounts, L1 and one L2 table come before them. */
  @BeforeEach
  void makeImage() throws IOException {
    image =
        Files.write(directory.resolve("image"), StreamableImage.ofClusterBits(9).make("DDDDDD"));
  }

  private static byte[] disk(String clusters) {
    byte[] disk = new byte[clusters.length() * CLUSTER];
    for (int i = 0; i < clusters.length(); i++) {
      Arrays.fill(disk, i * CLUSTER, (i + 1) * CLUSTER, (byte) (clusters.charAt(i) - '0'));
    }
    return disk;
  }

  private void assertSalvages(String expected, String... losses) throws IOException {
    try (Source source = ImageOpener.open(image, "qcow2", Disks.salvaging(salvage))) {
      for (int turn = 0; turn < 2; turn++) {
        assertArrayEquals(disk(expected), Disks.bytes(source));
        for (int at = 0; at < source.size(); at += 100) {
          source.read(ByteBuffer.allocate(100), at);
        }
        for (DataExtents extents = source.dataExtents(); extents.next(); ) {
          assertTrue(extents.from() < extents.to());
        }
        assertEquals(List.of(losses), words());
      }
    }
  }

  private List<String> words() {
    return salvage.losses().stream()
        .map(loss -> loss.from() / CLUSTER + "-" + loss.to() / CLUSTER + " " + loss.cause().key())
        .toList();
  }

  private void assertIsAnErrorOtherwise(String words) throws IOException {
    try (Source source = ImageOpener.open(image, "qcow2", ImageAccess.DEFAULT)) {
      ImageException.Corrupt error =
          assertThrows(ImageException.Corrupt.class, () -> Disks.bytes(source));
      assertTrue(error.getMessage().contains(words), error::getMessage);
    }
  }

  @Test
  void whatIsWholeHasNoLosses() throws IOException {
    assertSalvages("123456");
  }

  @Test
  void corruptEntriesLoseTheirClusters() throws IOException {
    Poke.hex(image, L2 + 8, "800000000000A123");
    assertIsAnErrorOtherwise("guest offset 512");
    assertSalvages("103456", "1-2 corrupt");
  }

  @Test
  void neighboursOfOneKindAreOneLoss() throws IOException {
    Poke.hex(image, L2 + 16, "800000000000A123" + "800000000000A323");
    assertSalvages("120056", "2-4 corrupt");
  }

  @Test
  void whatIsBehindTheEndOfTheFileIsLost() throws IOException {
    Poke.truncate(image, DATA + 4 * CLUSTER + 5);
    assertIsAnErrorOtherwise("beyond the end of the file");
    assertSalvages("123400", "4-6 corrupt");
  }

  @Test
  void aClusterOfTwoIsNobodys() throws IOException {
    Poke.hex(image, L2 + 8, String.format("%016x", DATA + 3 * CLUSTER));
    assertSalvages("103056", "1-2 claimed-twice", "3-4 claimed-twice");
  }

  @Test
  void aClusterOfATableIsNobodys() throws IOException {
    Poke.hex(image, L2 + 8, String.format("%016x", L2));
    Poke.hex(image, L2 + 16, String.format("%016x", 2 * CLUSTER));
    assertSalvages("100456", "1-3 claimed-twice");
  }

  @Test
  void compressedDataOfTwoIsNobodys() throws Exception {
    Tool.QEMU_IMG.runWell("create", "-q", "-f", "qcow2", image, "256k");
    Tool.QEMU_IO.runWell("-f", "qcow2", "-c", "write -c -P 2 0 192k", image);
    byte[] table = new byte[16];
    try (BoundedFile file = ImageFiles.open(image)) {
      file.readPadded(4L << 16, ByteBuffer.wrap(table), "L2 table");
    }
    // The second has the data of the first.
    Poke.hex(image, (4L << 16) + 8, HexFormat.of().formatHex(table, 0, 8));
    try (Source source = ImageOpener.open(image, "qcow2", Disks.salvaging(salvage))) {
      byte[] disk = Disks.bytes(source);
      assertEquals(0, disk[0]);
      assertEquals(0, disk[(2 << 16) - 1]);
      assertEquals(2, disk[2 << 16]);
      assertEquals(1, salvage.losses().size());
      assertEquals(Salvage.Cause.CLAIMED_TWICE, salvage.losses().getFirst().cause());
      assertEquals(2 << 16, salvage.losses().getFirst().to());
    }
  }

  @Test
  void lostL2TableLosesAllThatItMaps() throws IOException {
    Poke.hex(image, L1, "8000000000000801");
    assertIsAnErrorOtherwise("L1 table");
    assertSalvages("000000", "0-6 corrupt");
  }

  @Test
  void refcountsAndExtensionsDoNotMatter() throws IOException {
    Poke.hex(image, 48, "FFFFFFFFFFFFFFFF");
    assertThrows(ImageException.class, () -> ImageOpener.open(image, "qcow2", ImageAccess.DEFAULT));
    assertSalvages("123456");
  }

  @Test
  void compressedDataThatCannotBeDecodedIsLost() throws Exception {
    Tool.QEMU_IMG.runWell("create", "-q", "-f", "qcow2", image, "256k");
    Tool.QEMU_IO.runWell(
        "-f", "qcow2", "-c", "write -P 1 0 64k", "-c", "write -c -P 2 64k 128k", image);
    try (BoundedFile file = ImageFiles.open(image)) {
      GuestMap map = GuestMap.of(OpenRules.open(file));
      if (map.run(65536, map.size()) instanceof GuestRun.Compressed run) {
        Poke.hex(image, run.hostOffset(), "00000000");
      }
    }
    assertIsAnErrorOtherwise("can't be decoded");
    try (Source source = ImageOpener.open(image, "qcow2", Disks.salvaging(salvage))) {
      byte[] disk = Disks.bytes(source);
      assertEquals(1, disk[65535]);
      assertEquals(0, disk[65536]);
      assertEquals(2, disk[131072]);
      assertEquals(
          List.of("65536-131072 undecodable"),
          salvage.losses().stream()
              .map(loss -> loss.from() + "-" + loss.to() + " " + loss.cause().key())
              .toList());
    }
  }

  /** A file of which some bytes can't be read, as on a disk with bad sectors. */
  private static final class Failing extends ForwardingSource {
    private final long from;
    private final long to;

    Failing(Source below, long from, long to) {
      super(below);
      this.from = from;
      this.to = to;
    }

    @Override
    public int read(ByteBuffer buffer, long offset) throws IOException {
      if (offset < to && offset + buffer.remaining() > from) {
        throw new IOException("Input/output error");
      }
      return super.read(buffer, offset);
    }
  }

  @Test
  void whatCannotBeReadIsLostInPieces() throws IOException {
    Files.write(image, StreamableImage.ofClusterBits(16).make("D"));
    long data = 5 << 16;
    Source failing = new Failing(FileSource.open(image, true), data + 8192, data + 8193);
    try (Source source = ImageOpener.open(failing, Optional.empty(), Disks.salvaging(salvage))) {
      byte[] disk = Disks.bytes(source);
      byte[] expected = new byte[65536];
      Arrays.fill(expected, (byte) 1);
      Arrays.fill(expected, 8192, 12288, (byte) 0);
      assertArrayEquals(expected, disk);
      assertEquals(1, salvage.losses().size());
      assertEquals(8192, salvage.losses().getFirst().from());
      assertEquals(12288, salvage.losses().getFirst().to());
      assertEquals(Salvage.Cause.UNREADABLE, salvage.losses().getFirst().cause());
    }
  }

  @Test
  void tableThatCannotBeReadIsLost() throws IOException {
    Source failing = new Failing(FileSource.open(image, true), L2, L2 + 8);
    try (Source source = ImageOpener.open(failing, Optional.empty(), Disks.salvaging(salvage))) {
      assertArrayEquals(disk("000000"), Disks.bytes(source));
      assertEquals(List.of("0-6 corrupt"), words());
    }
  }
}
