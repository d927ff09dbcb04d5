package io.github.qcow2tostdout.luks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;

/**
 * The header of a disk that is going to be encrypted, and its key. All headers are alike but for
 * what is random in them: AES with 256 bits in the mode XTS, SHA-256, and one slot in use.
 *
 * @param bytes all of the header, zeroes where no key material is
 * @param volume with the key
 */
public record NewHeader(byte[] bytes, Volume volume) {
  /** Iterations for the slot: what OWASP recommends for PBKDF2 with SHA-256. */
  public static final int ITERATIONS = 600_000;

  /** Iterations for the digest of the key, which nobody guesses. */
  private static final int DIGEST_ITERATIONS = 1000;

  private static final SectorMode MODE = SectorMode.XTS_PLAIN64;
  private static final LuksHash HASH = LuksHash.SHA256;
  private static final int KEY_BYTES = 64;
  private static final int SALT_SIZE = 32;

  /** From one slot's key material to the next: what it takes, up to a multiple of 4 KiB. */
  private static final int SLOT_SECTORS =
      Math.ceilDiv(KEY_BYTES * KeySlot.STRIPES, LuksHeader.FIRST_SECTOR * SectorCipher.SECTOR)
          * LuksHeader.FIRST_SECTOR;

  private static final int SECTORS = LuksHeader.FIRST_SECTOR + KeySlot.COUNT * SLOT_SECTORS;

  /** Bytes of a header. */
  public static final int LENGTH = SECTORS * SectorCipher.SECTOR;

  /**
   * Makes one.
   *
   * @param random where the key of the disk comes from
   */
  public static NewHeader of(LuksKey key, Random random) {
    return of(key, random, ITERATIONS);
  }

  /** The same with so many iterations. */
  static NewHeader of(LuksKey key, Random random, int iterations) {
    byte[] volumeKey = random(random, KEY_BYTES);
    byte[] digestSalt = random(random, SALT_SIZE);
    byte[] slotSalt = random(random, SALT_SIZE);
    byte[] uuid = random(random, 2 * Long.BYTES);
    ByteBuffer header = ByteBuffer.allocate(LENGTH);
    LuksField.MAGIC.put(header, LuksHeader.MAGIC);
    LuksField.VERSION.put(header, LuksHeader.VERSION);
    LuksField.CIPHER_NAME.put(header, LuksHeader.AES);
    LuksField.CIPHER_MODE.put(header, MODE.word());
    LuksField.HASH_SPEC.put(header, HASH.word());
    LuksField.PAYLOAD_OFFSET.put(header, SECTORS);
    LuksField.KEY_BYTES.put(header, KEY_BYTES);
    LuksField.MK_DIGEST.put(
        header,
        Pbkdf2.derive(HASH, volumeKey, digestSalt, DIGEST_ITERATIONS, LuksHeader.DIGEST_SIZE));
    LuksField.MK_DIGEST_SALT.put(header, digestSalt);
    LuksField.MK_DIGEST_ITER.put(header, DIGEST_ITERATIONS);
    LuksField.UUID.put(header, UUID.nameUUIDFromBytes(uuid).toString().getBytes(US_ASCII));
    new KeySlot(0, true, iterations, slotSalt, LuksHeader.FIRST_SECTOR).write(header);
    for (int i = 1; i < KeySlot.COUNT; i++) {
      KeySlot.free(i, LuksHeader.FIRST_SECTOR + i * SLOT_SECTORS).write(header);
    }
    byte[] stripes = new AntiForensic(HASH).split(volumeKey, KeySlot.STRIPES, random);
    byte[] opener = Pbkdf2.derive(HASH, key.bytes(), slotSalt, iterations, KEY_BYTES);
    MODE.cipher(opener).encrypt(stripes, 0, stripes.length, 0);
    Arrays.fill(opener, (byte) 0);
    header.put(LuksHeader.FIRST_SECTOR * SectorCipher.SECTOR, stripes);
    return new NewHeader(header.array(), new Volume(MODE, volumeKey));
  }

  /**
   * One that there is already, so that the same disk is encrypted in the same way.
   *
   * @param name of what has it, for errors
   * @param length bytes that it has there
   * @throws IOException if the key does not open it, or it is not like those that are made here
   */
  public static NewHeader existing(String name, long length, Luks.Bytes bytes, LuksKey key)
      throws IOException {
    LuksHeader header = Luks.header(name, Math.min(length, Luks.MAX_LENGTH), bytes);
    if (header.mode() != MODE
        || header.keyBytes() != KEY_BYTES
        || header.payloadSector() != SECTORS) {
      throw LuksHeader.unsupported(
          name,
          header.mode().word()
              + ", a key of "
              + header.keyBytes()
              + " bytes and "
              + header.payloadSector()
              + " sectors, not as images of this program: "
              + MODE.word()
              + ", "
              + KEY_BYTES
              + ", "
              + SECTORS);
    }
    byte[] all = new byte[LENGTH];
    int there = (int) Math.min(length, LENGTH);
    if (there < LENGTH) {
      throw LuksHeader.damaged(name, "it has " + length + " bytes, expected " + LENGTH);
    }
    bytes.read(0, LENGTH, "LUKS header").get(0, all);
    return new NewHeader(all, Luks.open(name, LENGTH, bytes, key));
  }

  private static byte[] random(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
