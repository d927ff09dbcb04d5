package io.github.qcow2tostdout.luks;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes keys of passwords, at a price. The JDK's own takes characters for a password, and here it
 * is bytes.
 *
 * <p>Source: RFC 8018, 5.2.
 */
final class Pbkdf2 {
  private final LuksHash hash;
  private final byte[] password;
  private final byte[] salt;
  private final long iterations;

  private Pbkdf2(LuksHash hash, byte[] password, byte[] salt, long iterations) {
    this.hash = hash;
    this.password = password;
    this.salt = salt;
    this.iterations = iterations;
  }

  /** How often the hash is to be made for a key of that length. */
  static long work(LuksHash hash, long iterations, int length) {
    return iterations * Math.ceilDiv(length, hash.size());
  }

  /** Makes a key of that length; several threads, if it has several blocks. */
  static byte[] derive(LuksHash hash, byte[] password, byte[] salt, long iterations, int length) {
    Pbkdf2 derivation = new Pbkdf2(hash, password, salt, iterations);
    int blocks = Math.ceilDiv(length, hash.size());
    byte[] all = new byte[blocks * hash.size()];
    IntStream.range(0, blocks).parallel().forEach(block -> derivation.block(block, all));
    byte[] key = Arrays.copyOf(all, length);
    Arrays.fill(all, (byte) 0);
    return key;
  }

  private void block(int block, byte[] all) {
    try {
      Mac mac = Mac.getInstance(hash.keyed());
      mac.init(new SecretKeySpec(password, hash.keyed()));
      mac.update(salt);
      int number = block + 1;
      for (int shift = Integer.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
        mac.update((byte) (number >>> shift));
      }
      byte[] round = mac.doFinal();
      byte[] sum = round.clone();
      for (long i = 1; i < iterations; i++) {
        mac.update(round);
        mac.doFinal(round, 0);
        for (int j = 0; j < sum.length; j++) {
          sum[j] ^= round[j];
        }
      }
      System.arraycopy(sum, 0, all, block * hash.size(), hash.size());
      Arrays.fill(sum, (byte) 0);
      Arrays.fill(round, (byte) 0);
    } catch (ShortBufferException e) {
      throw new IllegalStateException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(hash.keyed() + " is missing in this runtime", e);
    }
  }
}
