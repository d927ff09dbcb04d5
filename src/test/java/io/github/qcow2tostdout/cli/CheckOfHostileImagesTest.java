package io.github.qcow2tostdout.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.DripChannel;
import io.github.qcow2tostdout.testing.ProcessorTime;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.function.IntToLongFunction;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Images of 16 MiB that are made to keep a checker busy: each ends within seconds. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("slow")
class CheckOfHostileImagesTest {
  private static final int SIZE = 16 << 20;
  private static final long COPIED = 1L << 63;

  @RegisterExtension static final ProcessorTime LIMIT = ProcessorTime.ofSeconds(20);

  @TempDir Path directory;

  private final ByteBuffer image = ByteBuffer.allocate(SIZE);

  private void header(int clusterBits, long size, int l1Size, long l1, long table, int clusters) {
    image.putInt(0, 0x514649fb).putInt(4, 3).putInt(20, clusterBits).putLong(24, size);
    image.putInt(36, l1Size).putLong(40, l1).putLong(48, table).putInt(56, clusters);
    image.putInt(96, 4).putInt(100, 112);
  }

  private void table(int at, int entries, IntToLongFunction entry) {
    for (int i = 0; i < entries; i++) {
      image.putLong(at + i * 8, entry.applyAsLong(i));
    }
  }

  private int check() throws Exception {
    Path file = directory.resolve("hostile");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(image.rewind());
    }
    CheckRun run = CheckRun.of(file);
    // As a stream it gets the same answers, or is refused because it takes too much memory.
    CheckRun stream = CheckRun.ofStream(new DripChannel(image.array(), SIZE));
    if (!stream.err().contains("not a streamable layout")) {
      assertEquals(run.out(), stream.out());
    }
    assertEquals(stream.err().isEmpty() ? run.code() : 63, stream.code(), stream::err);
    return run.code();
  }

  @Test
  void allL1EntriesPointToOneTable() throws Exception {
    header(9, 1 << 20, 2_000_000, 51200, 512, 1);
    table(51200, 2_000_000, i -> 25600 | COPIED);
    table(25600, 64, i -> (i * 512L) | COPIED);
    assertEquals(2, check());
  }

  @Test
  void everyClusterIsAnL2Table() throws Exception {
    header(9, 1 << 20, 2_000_000, 51200, 512, 1);
    table(51200, 2_000_000, i -> ((i * 512L) % (SIZE - 512)) | COPIED);
    assertEquals(2, check());
  }

  @Test
  void largeL2TablesLieAcrossEachOther() throws Exception {
    header(21, 1 << 30, 1 << 20, 2 << 21, 1 << 21, 1);
    table(2 << 21, 1 << 20, i -> ((i * 512L) % (SIZE - 512)) | COPIED);
    assertEquals(2, check());
  }

  @Test
  void snapshotTableIsAllZeroes() throws Exception {
    header(9, 1 << 20, 64, 51200, 512, 1);
    image.putInt(60, 65536).putLong(64, 102400);
    assertEquals(2, check());
  }

  @Test
  void snapshotTablesLieAcrossEachOther() throws Exception {
    header(9, 1 << 20, 64, 51200, 512, 1);
    image.putInt(60, 65536).putLong(64, 102400);
    for (int i = 0; i < 65536; i++) {
      int at = 102400 + i * 56;
      image.putLong(at, i % 30000 * 512L).putInt(at + 8, 1 << 21).putInt(at + 36, 16);
    }
    assertEquals(2, check());
  }

  @Test
  void refcountTableNamesOneBlockAMillionTimes() throws Exception {
    header(16, 1 << 30, 2, 196608, 65536, 128);
    table(65536, 1 << 20, i -> 1 << 20);
    assertEquals(2, check());
  }

  @Test
  void bitmapTablesLieAcrossEachOther() throws Exception {
    header(9, 1 << 20, 64, 51200, 512, 1);
    int count = 65535;
    image.putLong(88, 1).putInt(112, 0x23852875).putInt(116, 24).putInt(120, count);
    image.putLong(128, count * 32L).putLong(136, 8000 * 512);
    for (int i = 0; i < count; i++) {
      int at = 8000 * 512 + i * 32;
      image.putLong(at, 6_500_352 + i % 16000 * 512L).putInt(at + 8, 1 << 20).putInt(at + 12, 1);
      image.put(at + 16, (byte) 1).put(at + 17, (byte) 16).putShort(at + 18, (short) 5);
      for (int digit = 0; digit < 5; digit++) {
        image.put(at + 24 + digit, (byte) String.format("%05d", i).charAt(digit));
      }
    }
    assertEquals(2, check());
  }

  /** Two clusters of the file are 8 million entries of the largest clusters there are. */
  private CheckRun deep(int compressionType, byte[] data, int at) throws Exception {
    header(21, 1L << 40, 4, 1 << 21, 6 << 20, 1);
    image.putLong(72, compressionType << 3).put(104, (byte) compressionType);
    table(1 << 21, 4, i -> 4 << 20);
    table(4 << 20, 1 << 18, i -> 1L << 62 | at | 8191L << 49);
    image.put(at, data);
    check();
    return CheckRun.of(directory.resolve("hostile"), "--deep");
  }

  @Test
  void deflateThatDecodesToTerabytes() throws Exception {
    Deflater deflater = new Deflater(9, true);
    deflater.setInput(new byte[1 << 21]);
    deflater.finish();
    byte[] data = new byte[8192];
    deflater.deflate(data);
    deflater.end();
    CheckRun deep = deep(0, data, 8 << 20);
    assertEquals(2, deep.code());
    assertTrue(deep.out().contains("not-decoded"), deep::out);
  }

  @Test
  void zstdThatDecodesToTerabytes() throws Exception {
    ByteBuffer data = ByteBuffer.allocate(6 + 16 * 4);
    data.putInt(0x28b52ffd).putShort((short) 0x0058);
    for (int i = 0; i < 16; i++) {
      // Blocks of 128 KiB, which say which byte it is.
      data.put(HexFormat.of().parseHex(i < 15 ? "02001007" : "03001007"));
    }
    CheckRun deep = deep(1, data.array(), 8 << 20);
    assertEquals(2, deep.code());
    assertTrue(deep.out().contains("not-decoded"), deep::out);
    assertFalse(deep.out().contains("undecodable"), deep::out);
  }
}
