package io.github.qcow2tostdout.luks;

/** Encrypts and decrypts whole sectors in place, as many as there are at once; for one thread. */
public interface SectorCipher {
  /** Bytes of a sector, each of which is encrypted by itself. */
  int SECTOR = 512;

  /**
   * Decrypts sectors that follow each other.
   *
   * @param length bytes, a multiple of {@link #SECTOR}
   * @param sector number of the first
   */
  void decrypt(byte[] bytes, int from, int length, long sector);

  /** The reverse. */
  void encrypt(byte[] bytes, int from, int length, long sector);
}
