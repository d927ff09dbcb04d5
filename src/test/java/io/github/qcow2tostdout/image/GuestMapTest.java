package io.github.qcow2tostdout.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.format.SnapshotField;
import io.github.qcow2tostdout.testing.Seeds;
import io.github.qcow2tostdout.testing.StreamableImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where the bytes of a disk are: what the map says, against what was put into the image. */
class GuestMapTest {
  private static final int CLUSTER = 512;

  /** An image of 512-byte clusters; header, refcounts, L1 and one L2 table come first. */
  private static final String GUEST = "DD.ZAD";

  private static final long L1 = 3 * CLUSTER;
  private static final long L2 = 4 * CLUSTER;
  private static final long DATA = 5 * CLUSTER;

  private static ByteBuffer image(String guest) {
    return ByteBuffer.wrap(StreamableImage.ofClusterBits(9).make(guest));
  }

  private static BoundedFile file(ByteBuffer image) {
    return BoundedFile.of(
        "disk.qcow2",
        (to, offset) -> {
          int count = Math.min(to.remaining(), (int) (image.capacity() - offset));
          to.put(image.slice((int) offset, count));
          return count;
        },
        image.capacity());
  }

  private static GuestMap map(ByteBuffer image) throws IOException {
    return GuestMap.of(OpenRules.open(file(image)));
  }

  private static List<GuestRun> runs(GuestMap map, long from, long to) throws IOException {
    List<GuestRun> runs = new ArrayList<>();
    for (long at = from; at < to; at = runs.getLast().end()) {
      runs.add(map.run(at, to));
    }
    return runs;
  }

  private static List<GuestRun> runs(ByteBuffer image) throws IOException {
    GuestMap map = map(image);
    return runs(map, 0, map.size());
  }

  /** The only corrupt run of an image whose disk is that of {@link #GUEST}. */
  private static GuestRun.Corrupt corrupt(ByteBuffer image) throws IOException {
    List<GuestRun.Corrupt> found = new ArrayList<>();
    for (GuestRun run : runs(image)) {
      if (run instanceof GuestRun.Corrupt corrupt) {
        found.add(corrupt);
      }
    }
    assertEquals(1, found.size(), found::toString);
    return found.getFirst();
  }

  @Test
  void neighboursBecomeOneRun() throws IOException {
    assertEquals(
        List.of(
            new GuestRun.Stored(0, 1024, DATA),
            new GuestRun.Unallocated(1024, 512),
            new GuestRun.Zero(1536, 1024),
            new GuestRun.Stored(2560, 512, DATA + 1536)),
        runs(image(GUEST)));
  }

  @Test
  void aRunStartsAndEndsWhereTheRangeDoes() throws IOException {
    GuestMap map = map(image(GUEST));
    assertEquals(new GuestRun.Stored(700, 100, DATA + 700), map.run(700, 800));
    assertEquals(new GuestRun.Stored(1, 1023, DATA + 1), map.run(1, map.size()));
    assertEquals(new GuestRun.Zero(1600, 1), map.run(1600, 1601));
  }

  @Test
  void aRunGoesOnThroughTheNextTable() throws IOException {
    String guest = "D".repeat(64 * 3) + ".".repeat(64 * 2) + "Z".repeat(65);
    long data = data(guest);
    assertEquals(
        List.of(
            new GuestRun.Stored(0, 64 * 3 * 512, data),
            new GuestRun.Unallocated(64 * 3 * 512, 64 * 2 * 512),
            new GuestRun.Zero(64 * 5 * 512, 65 * 512)),
        runs(image(guest)));
  }

  private static long data(String guest) {
    ByteBuffer image = image(guest);
    return HeaderFields.get(image, HeaderField.L1_TABLE_OFFSET)
        + CLUSTER
        + Math.ceilDiv(guest.length(), 64) * (long) CLUSTER;
  }

  /** Fields of a header that is in memory. */
  private static final class HeaderFields {
    static long get(ByteBuffer image, HeaderField field) {
      return field.size() == 8
          ? image.getLong(field.offset())
          : Integer.toUnsignedLong(image.getInt(field.offset()));
    }
  }

  @Test
  void aDiskWithoutBytesHasNoRun() throws IOException {
    ByteBuffer image = image("D");
    image.putLong(HeaderField.SIZE.offset(), 0);
    GuestMap map = map(image);
    assertEquals(0, map.size());
    assertThrows(IllegalArgumentException.class, () -> map.run(0, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> map.run(0, 1));
  }

  @ParameterizedTest
  @CsvSource({"512, 512", "513, 512", "1023, 512", "1024, 1024", "1535, 1024"})
  void theDiskEndsWithItsLastWholeSector(long header, long size) throws IOException {
    ByteBuffer image =
        ByteBuffer.wrap(new StreamableImage(3, new Geometry(10, 4), false, false, "").make("DDD"));
    image.putLong(HeaderField.SIZE.offset(), header);
    GuestMap map = map(image);
    assertEquals(size, map.size());
    assertEquals(size, map.run(0, size).length());
  }

  @Test
  void compressedClusterIsARunOfItsOwn() throws IOException {
    ByteBuffer image = image(GUEST);
    // With 512-byte clusters one bit counts additional sectors, the highest below bit 62.
    image.putLong((int) L2 + 8, 1L << 62 | 1L << 61 | DATA + 100);
    image.putLong((int) L2 + 16, 1L << 62 | DATA + 200);
    GuestMap map = map(image);
    assertEquals(new GuestRun.Stored(0, 512, DATA), map.run(0, map.size()));
    assertEquals(new GuestRun.Compressed(512, 512, DATA + 100, 924, 0), map.run(512, map.size()));
    assertEquals(new GuestRun.Compressed(600, 20, DATA + 100, 924, 88), map.run(600, 620));
    assertEquals(new GuestRun.Compressed(1024, 512, DATA + 200, 312, 0), map.run(1024, map.size()));
  }

  @Test
  void theLastSectorOfCompressedDataMayLieBehindTheEnd() throws IOException {
    byte[] whole = image(GUEST).array();
    ByteBuffer image = ByteBuffer.wrap(Arrays.copyOf(whole, whole.length - 100));
    image.putLong((int) L2, 1L << 62 | (whole.length - 400));
    assertEquals(
        new GuestRun.Compressed(0, 512, whole.length - 400, 400, 0), map(image).run(0, 512));
    image = image(GUEST);
    long end = image.capacity();
    image.putLong((int) L2, 1L << 62 | end);
    assertEquals(
        "L2 table: entry %016x at byte 2048: the compressed data goes beyond the end of the file at"
            .formatted(1L << 62 | end)
            .concat(" byte " + end),
        corrupt(image).fact());
  }

  @ParameterizedTest
  @CsvSource({
    "0x8000000000000a02, reserved bits",
    "0x8100000000000a00, reserved bits",
    "0xc000000000000a00, bit 63 is set for a compressed",
    "0x8000000000f00000, the data goes beyond the end",
    "0x80ffffffffffe000, the data goes beyond the end",
  })
  void aWrongEntrySaysSoWhereItIs(String entry, String problem) throws IOException {
    ByteBuffer image = image(GUEST);
    long wrong = Long.parseUnsignedLong(entry.substring(2), 16);
    image.putLong((int) L2 + 8, wrong);
    GuestRun.Corrupt found = corrupt(image);
    assertEquals(512, found.guestOffset());
    assertEquals(512, found.length());
    assertTrue(
        found
            .fact()
            .startsWith("L2 table: entry " + entry.substring(2) + " at byte 2056: " + problem),
        found::fact);
    String message = String.valueOf(found.error("disk.qcow2").getMessage());
    assertTrue(
        message.startsWith("disk.qcow2: corrupt image: guest offset 512: L2 table"), message);
  }

  @ParameterizedTest
  @CsvSource({
    "0x8000000000000801, reserved bits",
    "0x8000000000000000, no L2 table can be there",
    "0x8000000000f00000, the L2 table goes beyond the end",
    "0x80fffffffffffe00, the L2 table goes beyond the end",
  })
  void aWrongL1EntryTakesAllThatItMaps(String entry, String problem) throws IOException {
    String guest = "D".repeat(64) + "ZD";
    ByteBuffer image = image(guest);
    image.putLong((int) L1, Long.parseUnsignedLong(entry.substring(2), 16));
    List<GuestRun> runs = runs(image);
    assertEquals(3, runs.size());
    GuestRun.Corrupt found = (GuestRun.Corrupt) runs.getFirst();
    assertEquals(64 * 512, found.length());
    assertTrue(
        found.fact().startsWith("L1 table: entry " + entry.substring(2) + " at byte 1536: "),
        found::fact);
    assertTrue(found.fact().contains(problem), found::fact);
    assertEquals(new GuestRun.Zero(64 * 512, 512), runs.get(1));
  }

  @Test
  void unalignedTablesAndDataAreCorrupt() throws IOException {
    byte[] made = new StreamableImage(3, new Geometry(10, 4), false, false, "").make("DZ");
    ByteBuffer image = ByteBuffer.wrap(made);
    int l2 = 4 << 10;
    image.putLong(l2, image.getLong(l2) + 512);
    assertTrue(corrupt(image).fact().endsWith("the data is not at a cluster"));
    image = ByteBuffer.wrap(made.clone());
    image.putLong(3 << 10, image.getLong(3 << 10) + 512);
    assertTrue(corrupt(image).fact().endsWith("no L2 table can be there"));
  }

  @Test
  void zeroFlagIsCorruptInVersion2() throws IOException {
    ByteBuffer image =
        ByteBuffer.wrap(new StreamableImage(2, new Geometry(9, 4), false, false, "").make("DDD"));
    image.putLong((int) L2 + 8, 1);
    assertTrue(corrupt(image).fact().contains("version 2"));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0x1, allocated, but their cluster is not",
    "0x8000000000010000, 0x100000001, a subcluster is allocated",
    "0x4000000000010000, 0x1, the cluster is compressed, but has subclusters",
  })
  void subclustersThatContradictEachOtherAreCorrupt(String entry, String bitmap, String problem)
      throws IOException {
    ByteBuffer image =
        ByteBuffer.wrap(new StreamableImage(3, new Geometry(14, 4), true, false, "").make("D.Z"));
    int l2 = 4 << 14;
    image.putLong(l2 + 16, Long.parseUnsignedLong(entry.replace("0x", ""), 16));
    image.putLong(l2 + 24, Long.decode(bitmap));
    GuestRun.Corrupt found = corrupt(image);
    assertEquals(1 << 14, found.guestOffset());
    assertEquals(1 << 14, found.length());
    assertTrue(found.fact().contains(problem), found::fact);
    assertTrue(found.fact().contains(" at byte " + (l2 + 16)), found::fact);
  }

  @Test
  void whatTheFileHasOfARunIsStoredAndTheRestIsCorrupt() throws IOException {
    String guest = "D".repeat(10);
    byte[] whole = image(guest).array();
    for (int size = (int) DATA; size < whole.length; size++) {
      ByteBuffer cut = ByteBuffer.wrap(Arrays.copyOf(whole, size));
      List<GuestRun> runs = runs(cut);
      long there = (size - DATA) / CLUSTER * CLUSTER;
      int at = 0;
      if (there > 0) {
        assertEquals(new GuestRun.Stored(0, there, DATA), runs.getFirst());
        at = 1;
      }
      for (; at < runs.size(); at++) {
        GuestRun.Corrupt corrupt = (GuestRun.Corrupt) runs.get(at);
        assertEquals(there, corrupt.guestOffset());
        there += CLUSTER;
      }
      assertEquals(whole.length - DATA, there);
    }
  }

  @Test
  void anL1TableBehindTheEndIsCorrupt() throws IOException {
    byte[] whole = image("D".repeat(64 * 3)).array();
    long l1 = HeaderFields.get(ByteBuffer.wrap(whole), HeaderField.L1_TABLE_OFFSET);
    ByteBuffer cut = ByteBuffer.wrap(Arrays.copyOf(whole, (int) l1 + 8));
    List<GuestRun> runs = runs(cut);
    assertEquals(3, runs.size(), runs::toString);
    assertTrue(((GuestRun.Corrupt) runs.get(0)).fact().contains("the L2 table goes beyond"));
    assertEquals(
        new GuestRun.Corrupt(
            64 * 512, 64 * 512, "L1 table: entry 1 lies behind the end of the file"),
        runs.get(1));
  }

  @ParameterizedTest
  @CsvSource({"9, false", "12, false", "14, true", "16, true", "17, false"})
  void randomRangesAreWhatWasMade(int clusterBits, boolean extended) throws IOException {
    Random random = Seeds.random(GuestMapTest.class);
    for (int round = 0; round < 8; round++) {
      int clusters = 1 + random.nextInt(clusterBits < 12 ? 400 : 60);
      StringBuilder guest = new StringBuilder();
      while (guest.length() < clusters) {
        String kinds = extended ? "DDZA.H" : "DDZA.";
        String kind = String.valueOf(kinds.charAt(random.nextInt(kinds.length())));
        guest.append(kind.repeat(1 + random.nextInt(random.nextBoolean() ? 2 : 90)));
      }
      guest.setLength(clusters);
      Geometry geometry = new Geometry(clusterBits, 4);
      ByteBuffer image =
          ByteBuffer.wrap(
              new StreamableImage(3, geometry, extended, false, "").make(guest.toString()));
      SlowMap slow = new SlowMap(image, clusterBits, extended);
      GuestMap map = map(image);
      for (int i = 0; i < 50; i++) {
        long from = random.nextLong(map.size());
        slow.compare(runs(map, from, random.nextLong(from, map.size()) + 1));
      }
      slow.compare(runs(map, 0, map.size()));
    }
  }

  /** Where each sector is, looked up in the bytes of the image, one after the other. */
  private record SlowMap(ByteBuffer image, int clusterBits, boolean extended) {
    private String at(long sector) {
      long guest = sector * 512;
      int entrySize = extended ? 16 : 8;
      int perTable = (1 << clusterBits) / entrySize;
      long cluster = guest >> clusterBits;
      long inCluster = guest & ((1 << clusterBits) - 1);
      int l1 = (int) HeaderFields.get(image, HeaderField.L1_TABLE_OFFSET);
      long table = image.getLong(l1 + (int) (cluster / perTable) * 8) & 0x00ff_ffff_ffff_fe00L;
      int at = (int) (table + cluster % perTable * entrySize);
      long host = image.getLong(at) & 0x00ff_ffff_ffff_fe00L;
      if (extended) {
        int bit = (int) (inCluster >> (clusterBits - 5));
        long bitmap = image.getLong(at + 8);
        return (bitmap >> bit & 1) == 1
            ? "stored " + (host + inCluster)
            : (bitmap >> (32 + bit) & 1) == 1 ? "zero" : "nothing";
      }
      return (image.getLong(at) & 1) == 1
          ? "zero"
          : host != 0 ? "stored " + (host + inCluster) : "nothing";
    }

    void compare(List<GuestRun> runs) {
      String before = "";
      for (GuestRun run : runs) {
        assertTrue(run.length() > 0);
        for (long byteAt = run.guestOffset(); byteAt < run.end(); ) {
          long sector = byteAt / 512;
          String expected = at(sector);
          switch (run) {
            case GuestRun.Stored stored ->
                assertEquals(
                    expected,
                    "stored " + (sector * 512 + stored.hostOffset() - stored.guestOffset()));
            case GuestRun.Zero zero -> assertEquals(expected, "zero");
            case GuestRun.Unallocated nothing -> assertEquals(expected, "nothing");
            default -> throw new AssertionError(run + ", expected " + expected);
          }
          byteAt = (sector + 1) * 512;
        }
        String kind =
            run instanceof GuestRun.Stored stored
                ? "stored " + (stored.hostOffset() - stored.guestOffset())
                : run.getClass().getSimpleName();
        assertTrue(!kind.equals(before), () -> "could have been one run: " + runs);
        before = kind;
      }
    }
  }

  @Test
  void anErrorOfReadingIsNotForgotten() throws IOException {
    byte[] whole = image("D".repeat(64) + "D").array();
    ByteBuffer image = ByteBuffer.wrap(whole);
    boolean[] broken = {false};
    BoundedFile file =
        BoundedFile.of(
            "disk.qcow2",
            (to, offset) -> {
              if (broken[0]) {
                throw new IOException("broken");
              }
              int count = Math.min(to.remaining(), (int) (whole.length - offset));
              to.put(image.slice((int) offset, count));
              return count;
            },
            whole.length);
    GuestMap map = GuestMap.of(OpenRules.open(file));
    GuestRun first = map.run(0, 1);
    broken[0] = true;
    assertThrows(IOException.class, () -> map.run(64 * 512, 65 * 512));
    assertThrows(IOException.class, () -> map.run(64 * 512, 65 * 512));
    broken[0] = false;
    assertEquals(first, map.run(0, 1));
    assertEquals(65 * 512, map.run(0, 65 * 512).length());
  }

  @Test
  void manyL1PartsDoNotChangeWhatIsFoundInTheTableBefore() throws IOException {
    // The tables of 20 parts of the L1 table, in which all but the first entry is zero.
    String guest = "D" + ".".repeat(64 * 64 * 20);
    ByteBuffer image = image(guest);
    int l1 = (int) HeaderFields.get(image, HeaderField.L1_TABLE_OFFSET);
    for (int i = 1; i < 64 * 20; i++) {
      image.putLong(l1 + i * 8, 0);
    }
    GuestMap map = map(image);
    GuestRun first = map.run(0, 512);
    assertEquals(512, first.length());
    assertEquals(new GuestRun.Unallocated(512, map.size() - 512), map.run(512, map.size()));
    assertEquals(first, map.run(0, 512));
  }

  @Test
  void wrongSnapshotsAreRefused() {
    assertThrows(ImageException.class, () -> snapshotMap(100, 1, 512));
    assertThrows(ImageException.class, () -> snapshotMap(L1, (4 << 20) + 1, 512));
    assertThrows(ImageException.class, () -> snapshotMap(-512, 1, 512));
    assertThrows(ImageException.class, () -> snapshotMap(L1, 1, -512));
  }

  @Test
  void aSnapshotHasItsOwnTableAndSize() throws IOException {
    assertEquals(6 * 512, snapshotMap(L1, 1, 6 * 512 + 511).size());
    GuestMap map = snapshotMap(L1, 1, Long.MAX_VALUE);
    List<GuestRun> runs = runs(map, 0, map.size());
    assertEquals(new GuestRun.Stored(0, 1024, DATA), runs.getFirst());
    // Behind what the L1 table maps there is nothing.
    assertEquals(new GuestRun.Unallocated(6 * 512, map.size() - 6 * 512), runs.getLast());
  }

  private static GuestMap snapshotMap(long l1Offset, int l1Size, long diskSize) throws IOException {
    byte[] disk = image(GUEST).array();
    ByteBuffer image = ByteBuffer.wrap(Arrays.copyOf(disk, disk.length + CLUSTER));
    int table = disk.length;
    image.putInt(HeaderField.NB_SNAPSHOTS.offset(), 1);
    image.putLong(HeaderField.SNAPSHOTS_OFFSET.offset(), table);
    SnapshotField.L1_TABLE_OFFSET.put(image, table, l1Offset);
    SnapshotField.L1_SIZE.put(image, table, l1Size);
    SnapshotField.EXTRA_DATA_SIZE.put(image, table, 16);
    image.putLong(table + SnapshotField.SIZE + 8, diskSize);
    OpenedImage opened = OpenRules.open(file(image));
    SnapshotTable snapshots = SnapshotTable.read(opened.file(), opened.header());
    return GuestMap.of(opened, snapshots.snapshots().getFirst());
  }
}
