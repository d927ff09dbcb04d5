package io.github.qcow2tostdout.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import io.github.qcow2tostdout.testing.Seeds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The decoder against libzstd, which QEMU uses, by way of zstd-jni. */
class ZstdDecoderTest {
  private static final String MAGIC = "28b52ffd";

  /** Decodes to a cluster of that size. */
  private static byte[] decode(byte[] data, int size) throws DamagedDataException {
    byte[] cluster = new byte[size];
    byte[] padded = Arrays.copyOf(data, data.length + ZstdInput.PADDING);
    // What is behind the data must not matter.
    Arrays.fill(padded, data.length, padded.length, (byte) 0x5a);
    new ZstdDecoder(cluster).decode(new ZstdInput(padded, 0, data.length));
    return cluster;
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits.replace(" ", ""));
  }

  private static void assertDamaged(String reason, byte[] data, int size) {
    DamagedDataException e = assertThrows(DamagedDataException.class, () -> decode(data, size));
    assertTrue(String.valueOf(e.getMessage()).contains(reason), e::getMessage);
  }

  /** Data that is like a disk's: runs, words, noise, and copies of what was before. */
  static byte[] data(Random random, int size) {
    byte[] data = new byte[size];
    int alphabet = 1 + random.nextInt(1 << random.nextInt(9));
    int noise = random.nextInt(100);
    int at = 0;
    while (at < size) {
      int length = Math.min(size - at, 1 + random.nextInt(1 << random.nextInt(12)));
      if (at > 0 && random.nextInt(100) > noise) {
        int back = 1 + random.nextInt(Math.min(at, 1 << random.nextInt(17)));
        for (int i = 0; i < length; i++) {
          data[at + i] = data[at + i - back];
        }
      } else {
        for (int i = 0; i < length; i++) {
          data[at + i] = (byte) random.nextInt(alphabet);
        }
      }
      at += length;
    }
    return data;
  }

  static byte[] compress(byte[] data, int level, boolean checksum, boolean size) {
    try (ZstdCompressCtx context = new ZstdCompressCtx()) {
      context.setLevel(level).setChecksum(checksum).setContentSize(size);
      return context.compress(data);
    }
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(ints = {512, 1024, 4096, 65536, 1 << 21})
  void decodesWhatLibzstdMakes(int size) throws Exception {
    Random random = Seeds.random(ZstdDecoderTest.class);
    for (int round = 0; round < Math.clamp((4L << 20) / size, 8, 200); round++) {
      byte[] data = data(random, size);
      int level = random.nextInt(27) - 5;
      byte[] packed = compress(data, level, random.nextBoolean(), random.nextBoolean());
      assertArrayEquals(data, decode(packed, size), "level " + level);
    }
  }

  @ParameterizedTest
  @CsvSource({
    // A frame of its own size, with a block that is as it is, and one that repeats a byte.
    "28b52ffd 20 04 21 0000 01 02 03 04, 01020304",
    "28b52ffd 20 04 23 0000 07, 07070707",
    // Window and no size; the last block is empty.
    "28b52ffd 00 00 22 0000 07 01 0000, 07070707",
    // Two frames, and one before them to be skipped.
    "502a4d18 02000000 ffff 28b52ffd 20 02 11 0000 01 02 28b52ffd 20 02 13 0000 09, 01020909",
    // An empty frame, and what is not looked at behind the last.
    "28b52ffd 20 00 01 0000 28b52ffd 20 04 23 0000 07 deadbeef, 07070707"
  })
  void takesFramesAsQemuDoes(String data, String expected) throws Exception {
    assertArrayEquals(hex(expected), decode(hex(data), 4));
  }

  @ParameterizedTest
  @CsvSource({
    "no zstd frame, 00000000 00",
    "the zstd data ends early, 28b52f",
    "the zstd data ends early, 28b52ffd 20 04 21 0000 01 02 03",
    "zstd data of 2 bytes, 28b52ffd 20 02 13 0000 07",
    "zstd data of 0 bytes, 502a4d18 02000000 ffff",
    "the zstd data ends early, 502a4d18 ffffffff ffff",
    "zstd data of more than 4 bytes, 28b52ffd 20 05 2b 0000 07",
    "says that it is of 3, 28b52ffd 20 03 13 0000 07 28b52ffd 20 02 13 0000 09",
    "a zstd block of 4 bytes, 28b52ffd 20 03 23 0000 07",
    "reserved type, 28b52ffd 20 04 27 0000 07",
    "reserved bit, 28b52ffd 28 04 23 0000 07",
    "wants a dictionary, 28b52ffd 21 01 04 23 0000 07",
    "wrong checksum, 28b52ffd 24 04 23 0000 07 00000000",
    // A window of 3.75 TiB, which would have to be allocated by who streams.
    "a zstd window of 4123168604160 bytes, 28b52ffd 00 ff 23 0000 07",
    // The frame says it is of 2^63 bytes.
    "of 4 bytes that says, 28b52ffd c0 ff 0000000000000080 23 0000 07"
  })
  void saysWhatIsWrong(String reason, String data) {
    assertDamaged(reason, hex(data), 4);
  }

  @Test
  void aBlockOfMoreThanABlockMayHoldIsRefused() {
    assertDamaged("a zstd block of 131073 bytes", hex(MAGIC + "00 50 0b 00 10 07"), 1 << 18);
  }

  @Test
  void checksumIsChecked() throws Exception {
    byte[] data = data(new Random(1), 4096);
    byte[] packed = compress(data, 3, true, true);
    assertArrayEquals(data, decode(packed, data.length));
    packed[packed.length - 1] ^= 1;
    assertDamaged("wrong checksum", packed, data.length);
  }

  @Test
  void cutAtAnyByteIsAnError() throws Exception {
    byte[] data = data(new Random(2), 4096);
    for (int level : new int[] {-3, 1, 19}) {
      byte[] packed = compress(data, level, true, false);
      for (int size = 0; size < packed.length; size++) {
        byte[] cut = Arrays.copyOf(packed, size);
        assertThrows(DamagedDataException.class, () -> decode(cut, data.length));
      }
    }
  }

  /** What QEMU does with libzstd: decode until the cluster is full and the frame has ended. */
  private static boolean libzstdTakes(byte[] data, byte[] cluster) {
    ByteBuffer in = ByteBuffer.allocateDirect(data.length).put(data).flip();
    ByteBuffer out = ByteBuffer.allocateDirect(cluster.length);
    try (ZstdDecompressCtx context = new ZstdDecompressCtx()) {
      boolean ended = false;
      while (out.hasRemaining()) {
        int read = in.position();
        int written = out.position();
        ended = context.decompressDirectByteBufferStream(out, in);
        if (read == in.position() && written == out.position()) {
          return false;
        }
      }
      out.flip().get(cluster);
      return ended;
    } catch (ZstdException e) {
      return false;
    }
  }

  /**
   * What we take, libzstd takes, and it comes to the same. It takes more: its fast loops don't look
   * whether a Huffman stream ends where it should, and so give wrong data for some that is damaged.
   */
  @Tag("slow")
  @Test
  void damagedDataIsJudgedAsByLibzstd() throws Exception {
    Random random = Seeds.random(ZstdDecoderTest.class);
    for (int round = 0; round < 5_000; round++) {
      int size = 1 << (9 + random.nextInt(4));
      byte[] packed = damaged(random, data(random, size));
      byte[] theirs = new byte[size];
      boolean taken = libzstdTakes(packed, theirs);
      try {
        assertArrayEquals(theirs, decode(packed, size), () -> HexFormat.of().formatHex(packed));
        assertTrue(taken, () -> HexFormat.of().formatHex(packed));
      } catch (DamagedDataException e) {
        String reason = String.valueOf(e.getMessage());
        assertTrue(
            !taken || reason.contains("Huffman stream") || reason.contains("without an end"),
            () -> reason + " " + HexFormat.of().formatHex(packed));
      }
    }
  }

  /** One or two frames, some of whose bits are turned. */
  private static byte[] damaged(Random random, byte[] data) throws IOException {
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    int split = random.nextInt(3) > 0 ? data.length : random.nextInt(data.length);
    int level = random.nextInt(20);
    boolean known = random.nextBoolean();
    frames.write(compress(Arrays.copyOf(data, split), level, false, known));
    if (split < data.length) {
      frames.write(compress(Arrays.copyOfRange(data, split, data.length), level, false, known));
    }
    byte[] packed = frames.toByteArray();
    for (int i = random.nextInt(4); i > 0; i--) {
      packed[random.nextInt(packed.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return packed;
  }
}
