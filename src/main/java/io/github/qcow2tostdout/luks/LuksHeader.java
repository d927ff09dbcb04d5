package io.github.qcow2tostdout.luks;

import io.github.qcow2tostdout.format.ImageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The header of a disk that is encrypted: how, and the slots that have its key. One that QEMU would
 * refuse is refused; also what the JDK does not have.
 *
 * @param mode how sectors are encrypted, by AES
 * @param hash of all that is derived
 * @param keyBytes of the key of the disk
 * @param payloadSector where the data would begin, if it were behind the header
 * @param digest what becomes of the right key
 * @param salt of that
 * @param iterations of that
 * @param slots all of them
 */
record LuksHeader(
    SectorMode mode,
    LuksHash hash,
    int keyBytes,
    long payloadSector,
    byte[] digest,
    byte[] salt,
    long iterations,
    List<KeySlot> slots) {
  static final byte[] MAGIC = {'L', 'U', 'K', 'S', (byte) 0xba, (byte) 0xbe};
  static final int VERSION = 1;
  static final String AES = "aes";

  /** Bytes of the digest of the key. */
  static final int DIGEST_SIZE = 20;

  /** Sectors in front of the first key material. */
  static final int FIRST_SECTOR = 8;

  private static final String REMEDY =
      "without its crypto header the disk is lost; get a whole copy";

  /** What is wrong with a header. */
  static final class Damaged extends Exception {
    private static final long serialVersionUID = 1;

    private final String fact;

    Damaged(String fact) {
      super(fact);
      this.fact = fact;
    }

    String fact() {
      return fact;
    }
  }

  /**
   * Reads one.
   *
   * @param name of the image, for errors
   */
  static LuksHeader read(String name, ByteBuffer header) throws IOException {
    if (!Arrays.equals(LuksField.MAGIC.bytes(header), MAGIC)) {
      throw damaged(name, "it does not begin with LUKS");
    }
    if (LuksField.VERSION.number(header) != VERSION) {
      throw unsupported(name, "version " + LuksField.VERSION.number(header));
    }
    String cipher = LuksField.CIPHER_NAME.text(header);
    String mode = LuksField.CIPHER_MODE.text(header);
    String hash = LuksField.HASH_SPEC.text(header);
    if (!cipher.equals(AES) || SectorMode.of(mode).isEmpty()) {
      throw unsupported(name, "cipher " + cipher + "-" + mode);
    }
    if (LuksHash.of(hash).isEmpty()) {
      throw unsupported(name, "hash " + hash);
    }
    long keyBytes = LuksField.KEY_BYTES.number(header);
    if (!SectorMode.of(mode).get().takes(keyBytes)) {
      throw unsupported(name, "key of " + keyBytes + " bytes with " + mode);
    }
    try {
      List<KeySlot> slots = new ArrayList<>();
      for (int i = 0; i < KeySlot.COUNT; i++) {
        slots.add(KeySlot.read(header, i));
      }
      LuksHeader read =
          new LuksHeader(
              SectorMode.of(mode).get(),
              LuksHash.of(hash).get(),
              (int) keyBytes,
              LuksField.PAYLOAD_OFFSET.number(header),
              LuksField.MK_DIGEST.bytes(header),
              LuksField.MK_DIGEST_SALT.bytes(header),
              LuksField.MK_DIGEST_ITER.number(header),
              List.copyOf(slots));
      read.verifyPlaces();
      return read;
    } catch (Damaged e) {
      throw damaged(name, e.fact());
    }
  }

  private void verifyPlaces() throws Damaged {
    if (iterations == 0) {
      throw new Damaged("the digest of the key has 0 iterations");
    }
    for (KeySlot slot : slots) {
      long end = slot.sector() + materialSectors();
      if (slot.sector() < Math.ceilDiv(LuksField.SIZE, SectorCipher.SECTOR)) {
        throw new Damaged("key slot " + slot.number() + " lies across the header");
      }
      if (end > payloadSector) {
        throw new Damaged("key slot " + slot.number() + " reaches into the data");
      }
      for (KeySlot other : slots.subList(0, slot.number())) {
        if (other.sector() < end && slot.sector() < other.sector() + materialSectors()) {
          throw new Damaged("key slots " + other.number() + " and " + slot.number() + " overlap");
        }
      }
    }
  }

  /** Bytes of the key material of a slot. */
  int materialBytes() {
    return keyBytes * KeySlot.STRIPES;
  }

  /** Sectors of it. */
  long materialSectors() {
    return Math.ceilDiv(materialBytes(), SectorCipher.SECTOR);
  }

  static ImageException damaged(String name, String fact) {
    return new ImageException.Corrupt(name, "its LUKS header is damaged: " + fact, REMEDY);
  }

  static ImageException unsupported(String name, String what) {
    return new ImageException.Unsupported(
        name,
        "it is encrypted by LUKS with " + what + ", which is not supported",
        "decrypt it with qemu-img convert");
  }
}
