package io.github.qcow2tostdout.luks;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Random;

/**
 * Spreads a key over many stripes, all of which are needed to have it again: whoever destroys a few
 * sectors of them has destroyed the key.
 *
 * <p>Source: LUKS1 On-Disk Format Specification, 2.4.
 */
final class AntiForensic {
  private final LuksHash hash;
  private final MessageDigest digest;

  AntiForensic(LuksHash hash) {
    this.hash = hash;
    digest = hash.digest();
  }

  /** The key in so many stripes. */
  byte[] merge(byte[] stripes, int count) {
    int length = stripes.length / count;
    byte[] sum = diffused(stripes, count);
    xor(sum, stripes, (count - 1) * length);
    return sum;
  }

  /** Spreads a key over so many stripes. */
  byte[] split(byte[] key, int count, Random random) {
    byte[] stripes = new byte[key.length * count];
    random.nextBytes(stripes);
    byte[] sum = diffused(stripes, count);
    xor(sum, key, 0);
    System.arraycopy(sum, 0, stripes, (count - 1) * key.length, key.length);
    Arrays.fill(sum, (byte) 0);
    return stripes;
  }

  /** What all stripes but the last amount to. */
  private byte[] diffused(byte[] stripes, int count) {
    byte[] sum = new byte[stripes.length / count];
    for (int i = 0; i < count - 1; i++) {
      xor(sum, stripes, i * sum.length);
      diffuse(sum);
    }
    return sum;
  }

  private static void xor(byte[] sum, byte[] other, int from) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] ^= other[from + i];
    }
  }

  private void diffuse(byte[] bytes) {
    byte[] number = new byte[Integer.BYTES];
    byte[] hashed = new byte[hash.size()];
    try {
      for (int at = 0; at < bytes.length; at += hash.size()) {
        int length = Math.min(hash.size(), bytes.length - at);
        digest.update(ByteBuffer.wrap(number).putInt(at / hash.size()).flip());
        digest.update(bytes, at, length);
        digest.digest(hashed, 0, hashed.length);
        System.arraycopy(hashed, 0, bytes, at, length);
      }
    } catch (DigestException e) {
      throw new IllegalStateException(e);
    }
  }
}
