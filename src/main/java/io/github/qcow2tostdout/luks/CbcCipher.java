package io.github.qcow2tostdout.luks;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * AES in the mode CBC, by sectors: the block before each is its mask, and before the first what
 * follows from the sector's number.
 */
final class CbcCipher implements SectorCipher {
  /** Sectors that are done by one call of AES. */
  private static final int SECTORS = 64;

  /** Makes what is before the first blocks of their sectors, from their numbers. */
  @FunctionalInterface
  interface Start {
    /** From so many bytes of numbers, each in a block, little-endian. */
    void apply(byte[] numbers, int length, byte[] out);
  }

  private final AesBlocks encryption;
  private final AesBlocks decryption;
  private final Start start;
  private final long sectorMask;
  private final byte[] numbers = new byte[SECTORS * AesBlocks.BLOCK];
  private final ByteBuffer numberWords = ByteBuffer.wrap(numbers).order(ByteOrder.LITTLE_ENDIAN);
  private final byte[] starts = new byte[SECTORS * AesBlocks.BLOCK];
  private final byte[] before = new byte[SECTORS * SECTOR];

  /**
   * A cipher.
   *
   * @param sectorMask which bits of a sector's number count
   */
  CbcCipher(byte[] key, Start start, long sectorMask) {
    encryption = AesBlocks.encrypting(key);
    decryption = AesBlocks.decrypting(key);
    this.start = start;
    this.sectorMask = sectorMask;
  }

  private void computeStarts(int sectors, long first) {
    for (int i = 0; i < sectors; i++) {
      numberWords.putLong(i * AesBlocks.BLOCK, (first + i) & sectorMask);
      numberWords.putLong(i * AesBlocks.BLOCK + Long.BYTES, 0);
    }
    start.apply(numbers, sectors * AesBlocks.BLOCK, starts);
  }

  @Override
  public void decrypt(byte[] bytes, int from, int length, long sector) {
    for (int done = 0; done < length; done += before.length) {
      int part = Math.min(length - done, before.length);
      int at = from + done;
      computeStarts(part / SECTOR, sector + done / SECTOR);
      System.arraycopy(bytes, at, before, AesBlocks.BLOCK, part - AesBlocks.BLOCK);
      for (int i = 0; i < part / SECTOR; i++) {
        System.arraycopy(starts, i * AesBlocks.BLOCK, before, i * SECTOR, AesBlocks.BLOCK);
      }
      byte[] in = Arrays.copyOfRange(bytes, at, at + part);
      decryption.apply(in, 0, part, bytes, at);
      for (int i = 0; i < part; i++) {
        bytes[at + i] ^= before[i];
      }
    }
  }

  @Override
  public void encrypt(byte[] bytes, int from, int length, long sector) {
    byte[] block = new byte[AesBlocks.BLOCK];
    for (int done = 0; done < length; done += SECTOR) {
      computeStarts(1, sector + done / SECTOR);
      System.arraycopy(starts, 0, block, 0, AesBlocks.BLOCK);
      for (int at = from + done; at < from + done + SECTOR; at += AesBlocks.BLOCK) {
        for (int i = 0; i < AesBlocks.BLOCK; i++) {
          block[i] ^= bytes[at + i];
        }
        encryption.apply(block, 0, AesBlocks.BLOCK, bytes, at);
        System.arraycopy(bytes, at, block, 0, AesBlocks.BLOCK);
      }
    }
  }
}
