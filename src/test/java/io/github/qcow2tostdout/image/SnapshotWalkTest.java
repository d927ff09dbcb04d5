package io.github.qcow2tostdout.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.format.Header;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.format.SnapshotField;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class SnapshotWalkTest {
  private static final int NAME_SIZE = 65535;
  private static final int ENTRY_SIZE = (SnapshotField.SIZE + NAME_SIZE + 7) & -8;

  /** A file in which a snapshot follows the other, each with a name of that many bytes. */
  private static BoundedFile file(int extraSize) {
    BoundedFile.Bytes bytes =
        (to, offset) -> {
          ByteBuffer entry = ByteBuffer.allocate(ENTRY_SIZE);
          SnapshotField.NAME_SIZE.put(entry, 0, NAME_SIZE);
          SnapshotField.EXTRA_DATA_SIZE.put(entry, 0, extraSize);
          for (int i = SnapshotField.SIZE; i < ENTRY_SIZE; i++) {
            entry.put(i, (byte) 0xff);
          }
          int from = (int) (offset % ENTRY_SIZE);
          int count = Math.min(to.remaining(), ENTRY_SIZE - from);
          to.put(entry.slice(from, count));
          return count;
        };
    return BoundedFile.of("image", bytes, 2000L * ENTRY_SIZE);
  }

  private static Header header(long count) {
    return Header.ofVersion(3).with(HeaderField.NB_SNAPSHOTS, count);
  }

  private static String refusal(int extraSize, long count) throws IOException {
    SnapshotTable table = SnapshotTable.read(file(extraSize), header(count));
    return table.problem().orElseThrow().getMessage();
  }

  @Test
  void moreSnapshotsThanQemuTakesAreRefusedWithHowManyCanBeRemoved() throws IOException {
    assertEquals(
        "image: unsupported image: Snapshot table too large: 65540 entries, at most 65536;"
            + " qemu-img check -r all removes the 4 overhanging snapshots, try that on a copy",
        refusal(0, 65540));
  }

  @Test
  void aLargerTableThanQemuTakesIsRefusedWithHowManyCanBeRemoved() throws IOException {
    assertEquals(
        "image: unsupported image: Snapshot table is too big: more than 67108864 bytes;"
            + " qemu-img check -r all removes the 77 overhanging snapshots, try that on a copy",
        refusal(0, 1100));
  }

  @Test
  void moreExtraDataThanQemuTakesIsRefusedWithHowToRemoveIt() throws IOException {
    assertTrue(refusal(1025, 1).endsWith("; qemu-img check -r all removes it, try that on a copy"));
  }

  @Test
  void namesStayInTheFile() throws IOException {
    BoundedFile file = file(0);
    SnapshotTable table = SnapshotTable.read(file, header(1023));
    assertEquals(1023, table.snapshots().size());
    Snapshot last = table.snapshots().getLast();
    assertEquals("\ufffd".repeat(NAME_SIZE), last.name());
    assertEquals("snapshot  (" + "\ufffd".repeat(255) + "\u2026)", last.title());
  }

  @Test
  void anEntryThatTheFileEndsInIsCorrupt() {
    BoundedFile cut = BoundedFile.of("image", (to, offset) -> -1, SnapshotField.SIZE - 1);
    SnapshotWalk walk = new SnapshotWalk(cut, header(1));
    assertThrows(ImageException.Corrupt.class, walk::next);
  }
}
