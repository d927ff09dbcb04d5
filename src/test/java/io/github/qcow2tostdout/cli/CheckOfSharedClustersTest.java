package io.github.qcow2tostdout.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Poke;
import io.github.qcow2tostdout.testing.RealImages;
import io.github.qcow2tostdout.testing.RealImages.Recipe;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Clusters that a disk and its snapshots use more than once, with refcounts that are right for
 * that: only their roles tell what is shared from what overlaps. All data is zeroes, which as a
 * table refers to nothing.
 */
class CheckOfSharedClustersTest {
  private static final int REFCOUNTS = 0x20000;
  private static final long COPIED = 1L << 63;

  @TempDir Path directory;

  private Path image;

  /**
   * Offsets of the L2 tables and the first data clusters: of the snapshots a and b, of the disk.
   */
  private final long[] l1 = new long[3];

  private final long[] l2 = new long[3];
  private final long[] data = new long[3];

  @BeforeEach
  void makeAnImageOfWhichNothingIsShared() throws Exception {
    image =
        RealImages.make(
            new Recipe(
                "shared",
                List.of(
                        "qemu-img create -q -f qcow2 IMG 8M",
                        "qemu-io -c 'write -P 0 0 64k' IMG",
                        "qemu-img snapshot -c a IMG",
                        "qemu-io -c 'write -P 0 0 64k' IMG",
                        "qemu-img snapshot -c b IMG",
                        "qemu-io -c 'write -P 0 0 128k' IMG")
                    .stream()
                    .map(command -> List.of("sh", "-c", command))
                    .toList()),
            directory);
    JsonNode dump = JsonMapper.shared().readTree(DumpRun.of("-j", image).out());
    JsonNode snapshots = dump.get("snapshot_table").get("snapshots");
    for (int i = 0; i < 3; i++) {
      JsonNode disk = i < 2 ? snapshots.get(i) : dump;
      JsonNode table = disk.get("l1_table");
      l1[i] = table.get("offset").asLong();
      l2[i] = table.get("entries").get(0).get("l2_table_offset").asLong();
      data[i] = entry(l2[i]) & ~COPIED;
    }
    assertEquals(0, CheckRun.of(image).code());
  }

  private long entry(long offset) throws Exception {
    return ByteBuffer.wrap(Files.readAllBytes(image)).getLong((int) offset);
  }

  private void poke(long offset, long entry) throws Exception {
    Poke.hex(image, offset, String.format("%016x", entry));
  }

  /** Checks, after the refcounts were made to be what the uses are. */
  private String check() throws Exception {
    JsonNode report = JsonMapper.shared().readTree(CheckRun.of(image, "--output=json").out());
    for (JsonNode finding : report.get("findings")) {
      String id = finding.get("id").asString();
      if (id.equals("refcount-too-low") || id.equals("leaked-cluster")) {
        int cluster = Integer.parseInt(finding.get("structure").asString().substring(8));
        int refcount = Integer.parseInt(finding.get("expected").asString());
        Poke.hex(image, REFCOUNTS + 2L * cluster, String.format("%04x", refcount));
      }
    }
    CheckRun run = CheckRun.of(image);
    assertFalse(run.out().contains("refcount-too-low"), run::out);
    assertFalse(run.out().contains("leaked-cluster"), run::out);
    return run.out();
  }

  private void assertOverlap(String one, String other) throws Exception {
    String out = check();
    List<String> found = out.lines().filter(line -> line.contains(" overlap: ")).toList();
    assertEquals(1, found.size(), out);
    assertTrue(found.getFirst().contains("found " + one + " and " + other + ","), out);
  }

  @Test
  void tableOfOneSnapshotThatIsDataOfAnother() throws Exception {
    poke(l1[1], data[0]);
    assertOverlap("L2 table of a snapshot", "data cluster of a snapshot");
  }

  @Test
  void dataOfOneSnapshotThatIsATableOfAnother() throws Exception {
    poke(l2[1], l2[0]);
    assertOverlap("L2 table of a snapshot", "data cluster of a snapshot");
  }

  @Test
  void dataOfASnapshotThatIsItsOwnTable() throws Exception {
    poke(l2[1], l2[1]);
    assertOverlap("L2 table of a snapshot", "data cluster of a snapshot");
  }

  @Test
  void dataOfASnapshotThatIsATableOfTheDisk() throws Exception {
    poke(l2[1], l2[2]);
    assertOverlap("L2 table of L1 entry 0", "data cluster of a snapshot");
  }

  @Test
  void tableOfASnapshotThatIsDataOfTheDisk() throws Exception {
    poke(l1[1], data[2]);
    assertOverlap("data cluster at guest offset 0", "L2 table of a snapshot");
  }

  @Test
  void compressedDataOfOneSnapshotInDataOfAnother() throws Exception {
    poke(l2[1], 1L << 62 | data[0]);
    assertOverlap("data cluster of a snapshot", "compressed cluster of a snapshot");
  }

  @Test
  void clusterThatTheDiskHasTwice() throws Exception {
    poke(l2[2] + 8, data[2]);
    poke(l2[2], data[2]);
    assertOverlap("data cluster at guest offset 0", "data cluster at guest offset 65536");
  }

  @Test
  void whatSnapshotsShareIsNoOverlap() throws Exception {
    poke(l1[1], l2[0]);
    poke(l2[0] + 8, data[0]);
    String out = check();
    assertFalse(out.contains("overlap"), out);
  }

  @Test
  void whatADiskSharesWithItsSnapshotsIsNoOverlap() throws Exception {
    poke(l1[2], l2[0]);
    poke(l2[0], data[0]);
    poke(l2[1], data[0]);
    String out = check();
    assertFalse(out.contains("overlap"), out);
  }
}
