package io.github.qcow2tostdout.luks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qcow2tostdout.testing.Seeds;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SectorThreadsTest {
  private static final long SEED = Seeds.seed();

  @Test
  void severalThreadsDecryptWhatOneEncrypted() throws Exception {
    Random random = new Random(SEED);
    Volume volume = NewHeader.of(new LuksKey("k".getBytes(UTF_8)), random, 1).volume();
    SectorCipher cipher = volume.newCipher();
    try (SectorThreads threads = new SectorThreads(volume)) {
      for (int sectors : new int[] {0, 1, 127, 128, 129, 1000, 3000}) {
        byte[] plain = new byte[sectors * 512];
        random.nextBytes(plain);
        byte[] encrypted = plain.clone();
        cipher.encrypt(encrypted, 0, plain.length, 77);
        ByteBuffer direct = ByteBuffer.allocateDirect(plain.length + 20).put(5, encrypted);
        threads.decrypt(direct, 5, plain.length, 77 * 512);
        byte[] back = new byte[plain.length];
        direct.get(5, back);
        assertArrayEquals(plain, back, sectors + " sectors, -Dseed=" + SEED);
      }
      ByteBuffer one = ByteBuffer.wrap(new byte[1024]);
      assertThrows(IllegalArgumentException.class, () -> threads.decrypt(one, 0, 511, 0));
      assertThrows(IllegalArgumentException.class, () -> threads.decrypt(one, 0, 512, 1));
    }
    byte[] nothing = new byte[512];
    // The key is gone: a cipher of it is another.
    volume.newCipher().encrypt(nothing, 0, 512, 0);
    byte[] before = new byte[512];
    cipher.encrypt(before, 0, 512, 0);
    if (Arrays.equals(before, nothing)) {
      throw new AssertionError("the key is still there");
    }
  }
}
