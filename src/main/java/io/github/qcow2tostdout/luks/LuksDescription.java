package io.github.qcow2tostdout.luks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What the header of an encrypted disk says of how it is encrypted, also by ciphers that are not
 * known here; nothing of it has been looked at.
 *
 * @param cipher with the bits of its key, as QEMU calls it
 * @param mode of the cipher
 * @param ivGenerator what the vector of a sector is made by
 * @param ivHash by what hash, if by one
 * @param hash of all that is derived
 * @param uuid of the disk
 * @param slots for keys
 * @param payloadOffset in bytes, where the data would begin if it were behind the header
 * @param iterations of the digest of the disk's key
 */
public record LuksDescription(
    String cipher,
    String mode,
    String ivGenerator,
    Optional<String> ivHash,
    String hash,
    String uuid,
    List<Slot> slots,
    long payloadOffset,
    long iterations) {
  private static final String XTS = "xts";

  /**
   * A slot for a key.
   *
   * @param active whether it has one
   * @param iterations of PBKDF2
   * @param stripes of the key material
   * @param offset of that, in bytes from the header's first
   */
  public record Slot(boolean active, long iterations, long stripes, long offset) {}

  /**
   * Reads it.
   *
   * @param name of the image, for errors
   * @param length bytes of the header; may be negative, being unsigned
   * @throws io.github.qcow2tostdout.format.ImageException if there is no header of LUKS 1
   */
  public static LuksDescription of(String name, long length, Luks.Bytes bytes) throws IOException {
    if (Long.compareUnsigned(length, LuksField.SIZE) < 0) {
      throw LuksHeader.damaged(
          name, "it has " + length + " bytes, expected " + LuksField.SIZE + " or more");
    }
    ByteBuffer header = bytes.read(0, LuksField.SIZE, "LUKS header");
    if (!Arrays.equals(LuksField.MAGIC.bytes(header), LuksHeader.MAGIC)) {
      throw LuksHeader.damaged(name, "it does not begin with LUKS");
    }
    if (LuksField.VERSION.number(header) != LuksHeader.VERSION) {
      throw LuksHeader.unsupported(name, "version " + LuksField.VERSION.number(header));
    }
    String words = LuksField.CIPHER_MODE.text(header);
    int dash = words.indexOf('-');
    String mode = dash < 0 ? words : words.substring(0, dash);
    String generator = dash < 0 ? "" : words.substring(dash + 1);
    int colon = generator.indexOf(':');
    // XTS takes two keys of the cipher.
    long bits = LuksField.KEY_BYTES.number(header) * Byte.SIZE / (mode.equals(XTS) ? 2 : 1);
    return new LuksDescription(
        LuksField.CIPHER_NAME.text(header) + "-" + bits,
        mode,
        colon < 0 ? generator : generator.substring(0, colon),
        colon < 0 ? Optional.empty() : Optional.of(generator.substring(colon + 1)),
        LuksField.HASH_SPEC.text(header),
        LuksField.UUID.text(header),
        slots(header),
        LuksField.PAYLOAD_OFFSET.number(header) * SectorCipher.SECTOR,
        LuksField.MK_DIGEST_ITER.number(header));
  }

  private static List<Slot> slots(ByteBuffer header) {
    List<Slot> slots = new ArrayList<>();
    for (int i = 0; i < KeySlot.COUNT; i++) {
      slots.add(KeySlot.describe(header, i));
    }
    return List.copyOf(slots);
  }

  /** The numbers of the slots that have a key. */
  public List<Integer> activeSlots() {
    List<Integer> active = new ArrayList<>();
    for (int i = 0; i < slots.size(); i++) {
      if (slots.get(i).active()) {
        active.add(i);
      }
    }
    return active;
  }
}
