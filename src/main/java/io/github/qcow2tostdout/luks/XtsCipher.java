package io.github.qcow2tostdout.luks;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * AES in the mode XTS, which the JDK does not have: each block is masked before and after AES, with
 * what follows from the number of its sector and its place in that.
 *
 * <p>Source: IEEE 1619-2007, 5.1 and 5.3.
 */
final class XtsCipher implements SectorCipher {
  /** Sectors that are done by one call of AES; what is needed for them stays in the cache. */
  private static final int SECTORS = 64;

  /** What a bit that falls out of the mask comes back as: the field's polynomial. */
  private static final long FEEDBACK = 0x87;

  private final AesBlocks encryption;
  private final AesBlocks decryption;
  private final AesBlocks tweak;
  private final long sectorMask;
  private final byte[] tweaks = new byte[SECTORS * AesBlocks.BLOCK];
  private final ByteBuffer tweakWords = littleEndian(tweaks);
  private final byte[] masks = new byte[SECTORS * SECTOR];
  private final ByteBuffer maskWords = littleEndian(masks);
  private final byte[] scratch = new byte[SECTORS * SECTOR];

  /**
   * A cipher with a key for the blocks and one for the masks.
   *
   * @param sectorMask which bits of a sector's number count
   */
  XtsCipher(byte[] key, long sectorMask) {
    this.sectorMask = sectorMask;
    byte[] blocks = Arrays.copyOf(key, key.length / 2);
    byte[] numbers = Arrays.copyOfRange(key, key.length / 2, key.length);
    encryption = AesBlocks.encrypting(blocks);
    decryption = AesBlocks.decrypting(blocks);
    tweak = AesBlocks.encrypting(numbers);
    Arrays.fill(blocks, (byte) 0);
    Arrays.fill(numbers, (byte) 0);
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void decrypt(byte[] bytes, int from, int length, long sector) {
    apply(decryption, bytes, from, length, sector);
  }

  @Override
  public void encrypt(byte[] bytes, int from, int length, long sector) {
    apply(encryption, bytes, from, length, sector);
  }

  private void apply(AesBlocks aes, byte[] bytes, int from, int length, long sector) {
    for (int done = 0; done < length; done += masks.length) {
      int part = Math.min(length - done, masks.length);
      computeMasks(part / SECTOR, sector + done / SECTOR);
      mask(bytes, from + done, scratch, 0, part);
      aes.apply(scratch, 0, part, bytes, from + done);
      mask(bytes, from + done, bytes, from + done, part);
    }
  }

  /** A loop that the VM does for many bytes at once. */
  private void mask(byte[] in, int from, byte[] out, int to, int length) {
    for (int i = 0; i < length; i++) {
      out[to + i] = (byte) (in[from + i] ^ masks[i]);
    }
  }

  private void computeMasks(int sectors, long first) {
    for (int i = 0; i < sectors; i++) {
      tweakWords.putLong(i * AesBlocks.BLOCK, (first + i) & sectorMask);
      tweakWords.putLong(i * AesBlocks.BLOCK + Long.BYTES, 0);
    }
    tweak.apply(tweaks, 0, sectors * AesBlocks.BLOCK, scratch, 0);
    System.arraycopy(scratch, 0, tweaks, 0, sectors * AesBlocks.BLOCK);
    for (int i = 0; i < sectors; i++) {
      long low = tweakWords.getLong(i * AesBlocks.BLOCK);
      long high = tweakWords.getLong(i * AesBlocks.BLOCK + Long.BYTES);
      int end = (i + 1) * SECTOR;
      for (int at = i * SECTOR; at < end; at += AesBlocks.BLOCK) {
        maskWords.putLong(at, low);
        maskWords.putLong(at + Long.BYTES, high);
        long out = high >> (Long.SIZE - 1);
        high = high << 1 | low >>> (Long.SIZE - 1);
        low = low << 1 ^ (out & FEEDBACK);
      }
    }
  }
}
