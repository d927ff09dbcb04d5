package io.github.qcow2tostdout.metadata;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.Seeds;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class RepetitiveGzipTest {
  private static final int PART = 64 << 10;

  private static byte[] packed(byte[] bytes, Random random) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (RepetitiveGzip gzip = new RepetitiveGzip(out)) {
      for (int at = 0; at < bytes.length; ) {
        int count = Math.min(bytes.length - at, 1 + random.nextInt(3 * PART));
        gzip.write(bytes, at, count);
        at += count;
      }
      gzip.finish();
    }
    return out.toByteArray();
  }

  private static byte[] unpacked(byte[] packed) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      return in.readAllBytes();
    }
  }

  @Test
  void anythingComesOutAsItWas() throws IOException {
    Random random = Seeds.random(RepetitiveGzipTest.class);
    for (int size : new int[] {0, 1, PART - 1, PART, PART + 1, 2 * PART, 10 * PART + 7}) {
      for (int chance = 0; chance <= 100; chance += 50) {
        byte[] bytes = new byte[size];
        for (int at = 0; at < size; at += 4096) {
          int count = Math.min(4096, size - at);
          if (random.nextInt(100) < chance) {
            byte[] noise = new byte[count];
            random.nextBytes(noise);
            System.arraycopy(noise, 0, bytes, at, count);
          } else if (at >= PART && random.nextBoolean()) {
            System.arraycopy(bytes, at - PART, bytes, at, count);
          }
        }
        assertArrayEquals(bytes, unpacked(packed(bytes, random)), size + " -Dseed=" + Seeds.seed());
      }
    }
  }

  @Test
  void whatRepeatsIsSmall() throws IOException {
    byte[] bytes = new byte[64 * PART];
    Random random = Seeds.random(RepetitiveGzipTest.class);
    assertTrue(packed(bytes, random).length < bytes.length / 400);
    for (int at = 0; at < bytes.length; at += 8) {
      bytes[at + 5] = 1;
    }
    assertTrue(packed(bytes, random).length < bytes.length / 400);
  }

  @Test
  void theSameBytesBecomeTheSameFile() throws IOException {
    byte[] bytes = new byte[5 * PART / 2];
    Arrays.fill(bytes, PART, bytes.length, (byte) 7);
    byte[] once = packed(bytes, new Random(1));
    assertArrayEquals(once, packed(bytes, new Random(2)));
    assertEquals(0x1f, once[0]);
  }
}
