package io.github.qcow2tostdout.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Seeds;
import io.github.qcow2tostdout.testing.Tool;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The libraries give what our own decoders give, or leave it to them. */
class LibraryDecoderTest {
  private static final int CLUSTER = 65536;
  private static final int PAGE = 65536;
  private static final int MUTATIONS = Integer.getInteger("mutations", 500);

  @TempDir Path directory;

  private final Random random = Seeds.random(getClass());

  @BeforeEach
  void needsTheLibraries() {
    if (!NativeLibrary.LIBZSTD.isThere() || !NativeLibrary.LIBDEFLATE.isThere()) {
      Tool.impossible("the encoders' libraries are in the package only");
    }
  }

  private byte[] cluster(int kind) {
    byte[] cluster = new byte[CLUSTER];
    for (int at = 0; at < CLUSTER; at++) {
      cluster[at] =
          (byte)
              switch (kind) {
                case 0 -> 0;
                case 1 -> at / 1000;
                default -> random.nextInt(kind);
              };
    }
    return cluster;
  }

  private static int encode(boolean zstd, byte[] cluster, ByteBuffer out) {
    try (ClusterEncoder encoder = zstd ? new ZstdEncoder(3) : new LibdeflateEncoder(6)) {
      ByteBuffer in = ByteBuffer.allocateDirect(CLUSTER).put(cluster).flip();
      return encoder.encode(in, out.clear());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void clustersComeOutAsTheyWere(boolean zstd) {
    ByteBuffer data = ByteBuffer.allocateDirect(2 * CLUSTER);
    try (LibraryDecoder decoder = LibraryDecoder.of(CLUSTER, 2 * CLUSTER, zstd).orElseThrow()) {
      for (int kind : new int[] {0, 1, 2, 16, 100}) {
        byte[] cluster = cluster(kind);
        int length = encode(zstd, cluster, data);
        // Behind it is the data of others.
        decoder.input().put(data.slice(0, length)).put(new byte[] {1, 2, 3, 4, 5});
        assertTrue(decoder.decode(length + 5));
        byte[] decoded = new byte[CLUSTER];
        decoder.cluster().get(decoded);
        assertArrayEquals(cluster, decoded);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void damageIsForTheJudge(boolean zstd) {
    ByteBuffer data = ByteBuffer.allocateDirect(2 * CLUSTER);
    try (LibraryDecoder decoder = LibraryDecoder.of(CLUSTER, 2 * CLUSTER, zstd).orElseThrow();
        ClusterDecoder judge = new ClusterDecoder(CLUSTER, 2 * CLUSTER, zstd)) {
      int length = encode(zstd, cluster(16), data);
      assertFalse(decoder.decode(0));
      for (int i = 0; i < 300; i++) {
        ByteBuffer damaged = ByteBuffer.allocate(length).put(data.slice(0, length)).flip();
        int at = random.nextInt(length);
        damaged.put(at, (byte) (damaged.get(at) ^ 1 << random.nextInt(8)));
        int cut = random.nextInt(4) == 0 ? random.nextInt(length) : length;
        decoder.input().put(damaged.slice(0, cut));
        damaged.get(0, judge.input(), 0, cut);
        boolean taken = decoder.decode(cut);
        boolean right = isRight(judge, cut);
        assertSame("at " + at, zstd, taken, right, judge, decoder);
      }
    }
  }

  /**
   * The judge may take more, and never something else. It takes no less, but that libzstd does not
   * look whether all bits of a stream of literals were used, for which QEMU does not ask either.
   */
  private static void assertSame(
      String what,
      boolean zstd,
      boolean taken,
      boolean right,
      ClusterDecoder judge,
      LibraryDecoder decoder) {
    if (taken && right) {
      assertEquals(ByteBuffer.wrap(judge.cluster()), decoder.cluster(), what);
    }
    assertTrue(!taken || right || zstd, what);
  }

  /**
   * Data and room end where memory ends: who touches a byte behind them is killed by the system,
   * and this VM with it.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void nothingIsTouchedBehindDamagedDataAndItsCluster(boolean zstd) throws IOException {
    ByteBuffer data = ByteBuffer.allocateDirect(2 * CLUSTER);
    int length = encode(zstd, cluster(16), data);
    try (Arena arena = Arena.ofConfined();
        ClusterDecoder judge = new ClusterDecoder(CLUSTER, 2 * CLUSTER, zstd)) {
      ByteBuffer room = beforeTheEndOfMemory(arena, CLUSTER);
      ByteBuffer memory = beforeTheEndOfMemory(arena, length);
      for (int i = 0; i < MUTATIONS; i++) {
        int cut = random.nextInt(3) == 0 ? random.nextInt(length + 1) : length;
        ByteBuffer input = memory.slice(length - cut, cut).put(data.slice(0, cut)).flip();
        for (int change = random.nextInt(4); change > 0 && cut > 0; change--) {
          // Headers and tables are in front.
          int at = random.nextInt(random.nextBoolean() ? cut : Math.min(cut, 64));
          input.put(at, (byte) random.nextInt(256));
        }
        input.get(0, judge.input(), 0, cut);
        try (LibraryDecoder decoder = LibraryDecoder.of(input, room, zstd)) {
          boolean taken = decoder.decode(cut);
          boolean right = isRight(judge, cut);
          assertSame("mutation " + i, zstd, taken, right, judge, decoder);
        }
      }
    }
  }

  private ByteBuffer beforeTheEndOfMemory(Arena arena, int size) throws IOException {
    Path path = Files.createTempFile(directory, "memory", "");
    long whole = Math.ceilDiv((long) size, PAGE) * PAGE;
    try (FileChannel file =
        FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      MemorySegment mapped = file.map(FileChannel.MapMode.READ_WRITE, 0, whole + PAGE, arena);
      // What is mapped behind the end of a file can't be touched.
      file.truncate(whole);
      return mapped.asSlice(whole - size, size).asByteBuffer();
    }
  }

  private static boolean isRight(ClusterDecoder judge, int length) {
    try {
      judge.decode(length);
      return true;
    } catch (DamagedDataException e) {
      return false;
    }
  }
}
