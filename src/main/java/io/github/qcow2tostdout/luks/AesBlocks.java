package io.github.qcow2tostdout.luks;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES of many blocks at once, each by itself, as the JDK has it: what is built of it needs few
 * calls, in which the VM uses the processor's instructions.
 */
final class AesBlocks {
  static final int BLOCK = 16;

  private final Cipher cipher;

  private AesBlocks(int mode, byte[] key) {
    try {
      cipher = Cipher.getInstance("AES/ECB/NoPadding");
      cipher.init(mode, new SecretKeySpec(key, "AES"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES is missing in this runtime", e);
    }
  }

  static AesBlocks encrypting(byte[] key) {
    return new AesBlocks(Cipher.ENCRYPT_MODE, key);
  }

  static AesBlocks decrypting(byte[] key) {
    return new AesBlocks(Cipher.DECRYPT_MODE, key);
  }

  /** Does so many bytes, a multiple of {@link #BLOCK}, into another array. */
  void apply(byte[] in, int from, int length, byte[] out, int to) {
    try {
      int done = cipher.update(in, from, length, out, to);
      if (done != length) {
        throw new IllegalStateException(done + " bytes of " + length);
      }
    } catch (ShortBufferException e) {
      throw new IllegalStateException(e);
    }
  }
}
