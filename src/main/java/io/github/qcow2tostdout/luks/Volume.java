package io.github.qcow2tostdout.luks;

import java.util.Arrays;

/** A disk whose key is known. */
public final class Volume {
  private final SectorMode mode;
  private final byte[] key;

  Volume(SectorMode mode, byte[] key) {
    this.mode = mode;
    this.key = key;
  }

  /** A cipher of its sectors, for one thread. */
  public SectorCipher newCipher() {
    return mode.cipher(key);
  }

  /** Forgets the key; there are no new ciphers any more. */
  public void forget() {
    Arrays.fill(key, (byte) 0);
  }

  /** Says nothing of the key. */
  @Override
  public String toString() {
    return "a disk by AES-" + mode.word();
  }
}
