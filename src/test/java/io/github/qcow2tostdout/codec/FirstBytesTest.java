package io.github.qcow2tostdout.codec;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Seeds;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the first bytes say, against what comes out when all is decoded. */
class FirstBytesTest {
  private static final int SIZE = 16 << 10;

  private final Random random = Seeds.random(FirstBytesTest.class);

  private static byte[] compress(byte[] cluster, boolean zstd, int level) {
    if (zstd) {
      return ZstdDecoderTest.compress(cluster, level, false, true);
    }
    Deflater deflater = new Deflater(Math.min(level, 9), true);
    deflater.setInput(cluster);
    deflater.finish();
    byte[] out = new byte[2 * cluster.length];
    return Arrays.copyOf(out, deflater.deflate(out));
  }

  private static boolean tells(byte[] data, boolean zstd) {
    try (FirstBytes first = new FirstBytes(2 * SIZE, zstd)) {
      Arrays.fill(first.input(), (byte) 0x5a);
      System.arraycopy(data, 0, first.input(), 0, data.length);
      return first.holdData(data.length);
    }
  }

  /** Whether it may be said of data that it gives something else than zeroes. */
  private static boolean mayHoldData(byte[] data, boolean zstd) {
    try (ClusterDecoder decoder = new ClusterDecoder(SIZE, 2 * SIZE, zstd)) {
      System.arraycopy(data, 0, decoder.input(), 0, data.length);
      decoder.decode(data.length);
      return !Arrays.equals(decoder.cluster(), new byte[SIZE]);
    } catch (DamagedDataException e) {
      // Whoever decodes it hears of that.
      return true;
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void dataIsToldByItsFirstBytes(boolean zstd) {
    for (int i = 0; i < 300; i++) {
      byte[] cluster = ZstdDecoderTest.data(random, SIZE);
      // Neither coder puts a literal that comes first behind 64 zeroes.
      cluster[0] = (byte) (1 + random.nextInt(255));
      int level = 1 + random.nextInt(zstd ? 19 : 9);
      assertTrue(tells(compress(cluster, zstd, level), zstd), "number " + i);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void zeroesAreNeverCalledData(boolean zstd) {
    for (int level = 1; level <= (zstd ? 19 : 9); level++) {
      assertFalse(tells(compress(new byte[SIZE], zstd, level), zstd), "level " + level);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatIsSaidOfDamagedDataHoldsIfItCanBeDecoded(boolean zstd) {
    int[] told = {0};
    for (int i = 0; i < 3000; i++) {
      byte[] cluster = random.nextInt(3) == 0 ? new byte[SIZE] : ZstdDecoderTest.data(random, SIZE);
      byte[] data = compress(cluster, zstd, 1 + random.nextInt(9));
      if (random.nextBoolean()) {
        data = Arrays.copyOf(data, 1 + random.nextInt(data.length));
      }
      for (int flips = random.nextInt(4); flips > 0; flips--) {
        data[random.nextInt(Math.min(data.length, 40))] ^= (byte) (1 << random.nextInt(8));
      }
      if (tells(data, zstd)) {
        told[0]++;
        assertTrue(mayHoldData(data, zstd), "number " + i);
      }
    }
    assertTrue(told[0] > 300, () -> told[0] + " were told");
  }

  @Test
  void whatIsNoDataIsNotTold() {
    for (boolean zstd : new boolean[] {false, true}) {
      assertFalse(tells(new byte[0], zstd));
      assertFalse(tells(new byte[100], zstd));
    }
  }
}
