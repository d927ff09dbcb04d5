package io.github.qcow2tostdout.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.PackagedTool;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The metadata of an image of 4 TiB: 512 MiB of L2 tables, each with one cluster. */
@Timeout(120)
final class LargeMetadataIT {
  private static final int CLUSTER = 1 << 16;
  private static final int TABLES = 1 << 13;
  private static final int L1 = 1;
  private static final int FIRST_TABLE = L1 + TABLES * Long.BYTES / CLUSTER;
  private static final int FIRST_DATA = FIRST_TABLE + TABLES;
  private static final int REFCOUNT_TABLE = FIRST_DATA + TABLES;
  private static final int CLUSTERS = REFCOUNT_TABLE + 1 + 3;

  /** A twentieth of the metadata. */
  private static final String HEAP = "QCOW2_TO_STDOUT_JAVA_OPTS=-Xmx20m ";

  @TempDir Path directory;

  private Path make() throws IOException {
    Path image = directory.resolve("image.qcow2");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength((long) CLUSTERS * CLUSTER);
      ByteBuffer header = ByteBuffer.allocate(112);
      header.putInt(0, 0x514649fb).putInt(4, 3).putInt(20, 16).putLong(24, 1L << 42);
      header.putInt(36, TABLES).putLong(40, (long) L1 * CLUSTER);
      header.putLong(48, (long) REFCOUNT_TABLE * CLUSTER).putInt(56, 1);
      header.putInt(96, 4).putInt(100, 112);
      file.write(header.array());
      file.seek((long) L1 * CLUSTER);
      file.write(entries(FIRST_TABLE, TABLES));
      for (int i = 0; i < TABLES; i++) {
        file.seek((long) (FIRST_TABLE + i) * CLUSTER);
        file.write(entries(FIRST_DATA + i, 1));
      }
      file.seek((long) REFCOUNT_TABLE * CLUSTER);
      for (int i = 1; i <= 3; i++) {
        file.writeLong((long) (REFCOUNT_TABLE + i) * CLUSTER);
      }
      file.seek((long) (REFCOUNT_TABLE + 1) * CLUSTER);
      byte[] ones = new byte[CLUSTERS * 2];
      for (int i = 0; i < CLUSTERS; i++) {
        ones[2 * i + 1] = 1;
      }
      file.write(ones);
    }
    return image;
  }

  private static byte[] entries(int firstCluster, int count) {
    ByteBuffer entries = ByteBuffer.allocate(count * Long.BYTES);
    for (int i = 0; i < count; i++) {
      entries.putLong(Long.MIN_VALUE | (long) (firstCluster + i) * CLUSTER);
    }
    return entries.array();
  }

  @Test
  void metadataOfTebibytesTakesLittleMemory() throws Exception {
    Path image = make();
    assertEquals(new Outcome(0, "", ""), run("\"$0\" dehydrate \"$1\" > meta", image));
    assertTrue(Files.size(directory.resolve("meta")) < 2 << 20);
    assertEquals(new Outcome(0, "", ""), run("\"$0\" rehydrate --to again meta", image));
    // The data was zeroes too.
    assertEquals(new Outcome(0, "", ""), run("cmp \"$1\" again", image));
    assertEquals("0\n", run("\"$0\" check -q again; echo $?", image).out());
    // A stream can't be told where it has holes: its tables are kept until all of them came.
    assertEquals(
        new Outcome(0, "", ""),
        PackagedTool.bash(directory, "cat \"$1\" | \"$0\" dehydrate - | cmp - meta", image));
  }

  private Outcome run(String script, Path image) throws Exception {
    return PackagedTool.bash(directory, "export " + HEAP + "; " + script, image);
  }
}
