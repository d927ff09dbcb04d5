package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots whose ids, names and extra data are as long as can be: they take no memory. */
@Timeout(60)
final class LongSnapshotNamesIT {
  private static final int CLUSTER = 1 << 16;
  private static final int COUNT = 400;

  /** A fifth of what the names take. */
  private static final String HEAP = "QCOW2_TO_STDOUT_JAVA_OPTS=-Xmx20m ";

  @TempDir Path directory;
  private Path image;

  @BeforeEach
  void make() throws IOException {
    image = directory.resolve("snapshots.qcow2");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      ByteBuffer header = ByteBuffer.allocate(112);
      header.putInt(0, 0x514649fb).putInt(4, 3).putInt(20, 16).putLong(24, 1 << 20);
      header.putInt(36, 1).putLong(40, 3 * CLUSTER).putLong(48, CLUSTER).putInt(56, 1);
      header.putInt(60, COUNT).putLong(64, 4 * CLUSTER).putInt(96, 4).putInt(100, 112);
      file.write(header.array());
      ByteBuffer entry = ByteBuffer.allocate(40);
      // L1 tables that don't start at a cluster, and dates that are none.
      entry.putLong(0, 513).putInt(8, 1).putInt(20, 1 << 30).putInt(36, 1024);
      entry.putShort(12, (short) -1).putShort(14, (short) -1);
      long step = (40 + 1024 + 2 * 65535 + 7) & -8L;
      for (int i = 0; i < COUNT; i++) {
        file.seek(4L * CLUSTER + i * step);
        file.write(entry.array());
      }
      file.setLength(4L * CLUSTER + Math.ceilDiv(COUNT * step, CLUSTER) * CLUSTER);
    }
  }

  @Test
  void checkGivesTheAnswerOfQemu() throws Exception {
    Outcome ours = run(HEAP + "\"$0\" check \"$1\"");
    Outcome qemu = run("qemu-img check \"$1\" 2>/dev/null");
    assertEquals(2, qemu.code());
    assertEquals(2, ours.code(), ours::err);
    assertEquals("", ours.err());
    String verdict = qemu.out().lines().filter(l -> l.contains("errors were")).toList().getFirst();
    assertTrue(ours.out().contains(verdict), ours::out);
    assertTrue(ours.out().lines().allMatch(line -> line.length() < 5000));
  }

  @Test
  void metadataHasTheWholeNames() throws Exception {
    Outcome last =
        run(
            HEAP
                + "\"$0\" check -M --output=json \"$1\" | python3 -c 'import json, sys;"
                + " print(len(json.load(sys.stdin)[\"viscera\"][\"snapshot-table\"]"
                + "[\"l1-list\"][399][\"name\"]))'");
    assertEquals("65535\n", last.out(), last::err);
  }

  @Test
  void dumpHoldsOneAtATime() throws Exception {
    Outcome dump = run(HEAP + "\"$0\" dump --tables -j \"$1\" 2>/dev/null | wc -c");
    assertTrue(Long.parseLong(dump.out().strip()) > COUNT * 131070L, dump::out);
    assertEquals(new Outcome(0, "", ""), run(HEAP + "\"$0\" dump --locations \"$1\" >/dev/null"));
  }

  private Outcome run(String script) throws Exception {
    return PackagedTool.bash(directory, script, image);
  }
}
