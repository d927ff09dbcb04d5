package io.github.qcow2tostdout.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.format.Header;
import io.github.qcow2tostdout.format.HeaderExtension;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.testing.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images of 16 MiB that claim to be huge, in a VM with the memory that the launcher gives. */
@Tag("slow")
class HostileDumpTest {
  private static final int SIZE = 16 << 20;

  /** Of processor time, at which the kernel ends a process. */
  private static final long MAX_SECONDS = 30;

  @TempDir Path directory;

  private final ByteBuffer image = ByteBuffer.allocate(SIZE);

  private static Header header(int clusterBits) {
    return Header.ofVersion(3)
        .with(HeaderField.CLUSTER_BITS, clusterBits)
        .with(HeaderField.SIZE, 1L << 30)
        .with(HeaderField.REFCOUNT_ORDER, 4);
  }

  /** Dumps as text and as JSON, which is thrown away. */
  private String dump(Header header) throws IOException, InterruptedException {
    header.write(image.duplicate().rewind());
    Path file = directory.resolve("hostile.qcow2");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(image.duplicate().rewind().limit(SIZE));
    }
    run(file, "-j");
    return run(file, "-o").err();
  }

  private Outcome run(Path file, String option) throws IOException, InterruptedException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Outcome outcome =
        Outcome.of(
            new ProcessBuilder(
                "/bin/sh",
                "-c",
                "ulimit -t " + MAX_SECONDS + "; exec \"$@\" > /dev/null",
                "sh",
                java.toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=4",
                "-Xmx112m",
                "--enable-native-access=ALL-UNNAMED",
                "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.github.qcow2tostdout.cli.Main",
                "dump",
                option,
                file.toString()));
    assertEquals(1, outcome.code(), outcome.err());
    assertFalse(outcome.err().contains("internal error"), outcome.err());
    assertFalse(outcome.err().contains("out of memory"), outcome.err());
    assertTrue(outcome.err().lines().count() <= 11, outcome.err());
    return outcome;
  }

  private void fill(int from, int to, long value) {
    for (int at = from; at < to; at += 8) {
      image.putLong(at, value);
    }
  }

  @Test
  void manyL1EntriesForOneL2Table() throws Exception {
    fill(2 << 20, SIZE, 14L << 20);
    Header header =
        header(21)
            .with(HeaderField.L1_SIZE, 0xffff_ffffL)
            .with(HeaderField.L1_TABLE_OFFSET, 2 << 20);
    assertTrue(dump(header).contains("L1 table at byte 2097152: 4294967295 entries"));
  }

  @Test
  void l2TablesAllOverTheFile() throws Exception {
    for (int at = 512; at < SIZE; at += 8) {
      image.putLong(at, (at / 8 % 32768) * 512L);
    }
    Header header =
        header(9).with(HeaderField.L1_SIZE, 4 << 20).with(HeaderField.L1_TABLE_OFFSET, 512);
    assertTrue(dump(header).contains("beyond the end of the file"));
  }

  @Test
  void tablesThatAreEachOther() throws Exception {
    fill(512, SIZE, 512);
    dump(
        header(9)
            .with(HeaderField.L1_SIZE, 1 << 22)
            .with(HeaderField.L1_TABLE_OFFSET, 512)
            .with(HeaderField.REFCOUNT_TABLE_OFFSET, 512)
            .with(HeaderField.REFCOUNT_TABLE_CLUSTERS, 0xffff_ffffL)
            .with(HeaderField.NB_SNAPSHOTS, 0xffff_ffffL)
            .with(HeaderField.SNAPSHOTS_OFFSET, 512));
  }

  @Test
  void refcountsOfOneBitThatAlternate() throws Exception {
    fill(2 << 20, 4 << 20, 4 << 20);
    fill(4 << 20, SIZE, 0x5555_5555_5555_5555L);
    for (int i = 0; i < 8; i++) {
      image.putLong((2 << 20) + i * 8, (long) (i + 2) << 21);
    }
    dump(
        header(21)
            .with(HeaderField.REFCOUNT_ORDER, 0)
            .with(HeaderField.REFCOUNT_TABLE_OFFSET, 2 << 20)
            .with(HeaderField.REFCOUNT_TABLE_CLUSTERS, 4));
  }

  @Test
  void aSnapshotForEachOf65536HugeL1Tables() throws Exception {
    int at = 512;
    for (int i = 0; i < 65536; i++) {
      image.putLong(at, (i % 16384 + 8192) * 512L).putInt(at + 8, 1 << 22).putInt(at + 36, 16);
      at += 56;
    }
    Header header =
        header(9).with(HeaderField.NB_SNAPSHOTS, 65536).with(HeaderField.SNAPSHOTS_OFFSET, 512);
    dump(header);
  }

  @Test
  void bitmapsWithHugeTables() throws Exception {
    int directorySize = 65535 * 32;
    ByteBuffer extension = image.duplicate().position(112);
    extension
        .putInt(HeaderExtension.BITMAPS)
        .putInt(24)
        .putInt(65535)
        .putInt(0)
        .putLong(directorySize)
        .putLong(65536);
    for (int i = 0; i < 65535; i++) {
      int at = 65536 + i * 32;
      image
          .putLong(at, 4L << 20)
          .putInt(at + 8, -1)
          .put(at + 16, (byte) 1)
          .putShort(at + 18, (short) 4);
    }
    fill(4 << 20, SIZE, 4 << 20);
    assertTrue(dump(header(16)).contains("bitmap tables overlap"));
  }

  @Test
  void offsetsNearTheEndOfNumbers() throws Exception {
    for (long offset : List.of(Long.MAX_VALUE - 511, Long.MAX_VALUE, Long.MIN_VALUE, -512L, -1L)) {
      Header header = header(9);
      for (HeaderField field :
          List.of(
              HeaderField.L1_TABLE_OFFSET,
              HeaderField.REFCOUNT_TABLE_OFFSET,
              HeaderField.SNAPSHOTS_OFFSET,
              HeaderField.BACKING_FILE_OFFSET)) {
        header = header.with(field, offset);
      }
      dump(
          header
              .with(HeaderField.L1_SIZE, 1000)
              .with(HeaderField.REFCOUNT_TABLE_CLUSTERS, 1000)
              .with(HeaderField.BACKING_FILE_SIZE, 0xffff_ffffL)
              .with(HeaderField.NB_SNAPSHOTS, 1));
    }
  }

  @Test
  void aSparseFileOf15TebibytesIsNoReasonToAllocate() throws Exception {
    Path file = directory.resolve("sparse.qcow2");
    header(16)
        .with(HeaderField.L1_SIZE, 1 << 20)
        .with(HeaderField.L1_TABLE_OFFSET, 65536)
        .with(HeaderField.NB_SNAPSHOTS, 100_000)
        .with(HeaderField.REFCOUNT_TABLE_OFFSET, 1L << 40)
        .with(HeaderField.REFCOUNT_TABLE_CLUSTERS, 0xffff_ffffL)
        .write(image.duplicate().rewind());
    Files.write(file, Arrays.copyOf(image.array(), 65536));
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      // The largest file of ext4.
      channel.write(ByteBuffer.allocate(1), 15L << 40);
    }
    run(file, "-j");
  }
}
