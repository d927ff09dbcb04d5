package io.github.qcow2tostdout.luks;

import io.github.qcow2tostdout.format.CryptoField;
import io.github.qcow2tostdout.format.ImageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;

/** Opens disks with a key. */
public final class Luks {
  /** The longest header: of eight slots with the longest keys, and aligned to the next MiB. */
  public static final long MAX_LENGTH = 4L << 20;

  /** A header's bytes. */
  @FunctionalInterface
  public interface Bytes {
    /**
     * Reads some of them, all of which have to be there.
     *
     * @param offset from the header's first byte
     * @param what is read, for errors
     */
    ByteBuffer read(long offset, int length, String what) throws IOException;
  }

  private final String name;
  private final Bytes bytes;
  private final LuksHeader header;
  private final LuksKey key;

  private Luks(String name, Bytes bytes, LuksHeader header, LuksKey key) {
    this.name = name;
    this.bytes = bytes;
    this.header = header;
    this.key = key;
  }

  /**
   * Opens a disk.
   *
   * @param name of its image, for errors
   * @param method how the image says that it is encrypted
   * @param length bytes of the header; may be negative, being unsigned
   * @param key without which it can't be opened
   * @throws ImageException if its header is damaged or can't be used here
   * @throws WrongKeyException if the key is of none of its slots
   */
  public static Volume open(
      String name, long method, long length, Bytes bytes, Optional<LuksKey> key)
      throws IOException {
    requireKey(name, method, key.isPresent());
    return open(name, length, bytes, key.orElseThrow());
  }

  static Volume open(String name, long length, Bytes bytes, LuksKey key) throws IOException {
    return new Luks(name, bytes, header(name, length, bytes), key).open();
  }

  /**
   * Refuses a disk that can't be opened whatever its header says.
   *
   * @param method how its image says that it is encrypted
   */
  public static void requireKey(String name, long method, boolean isThere)
      throws ImageException.Unsupported {
    if (method != CryptoField.LUKS) {
      throw new ImageException.Unsupported(
          name,
          "its disk is encrypted by the method from before LUKS, which is not supported",
          "decrypt it with qemu-img convert");
    }
    if (!isThere) {
      throw new ImageException.Unsupported(
          name, "its disk is encrypted with LUKS", "give the key with --key-file FILE");
    }
  }

  /** The error for a cluster of an encrypted disk that is compressed, as QEMU makes none. */
  public static ImageException compressed(String name, long guestOffset) {
    return new ImageException.Unsupported(
        name,
        "guest offset "
            + guestOffset
            + ": the cluster is compressed, and the disk encrypted; nobody makes both",
        "refuse it");
  }

  /** Reads the header, and sees whether all of it is in so many bytes. */
  static LuksHeader header(String name, long length, Bytes bytes) throws IOException {
    if (length < LuksField.SIZE || length > MAX_LENGTH) {
      throw LuksHeader.damaged(
          name,
          "it has "
              + Long.toUnsignedString(length)
              + " bytes, expected "
              + LuksField.SIZE
              + " to "
              + MAX_LENGTH);
    }
    LuksHeader header = LuksHeader.read(name, bytes.read(0, LuksField.SIZE, "LUKS header"));
    for (KeySlot slot : header.slots()) {
      if (slot.active()
          && (slot.sector() + header.materialSectors()) * SectorCipher.SECTOR > length) {
        throw LuksHeader.damaged(
            name, "key slot " + slot.number() + " lies behind its end at byte " + length);
      }
    }
    return header;
  }

  private Volume open() throws IOException {
    boolean any = false;
    for (KeySlot slot : header.slots()) {
      if (slot.active()) {
        any = true;
        Optional<byte[]> found = tryOn(slot);
        if (found.isPresent()) {
          return new Volume(header.mode(), found.get());
        }
      }
    }
    if (!any) {
      throw LuksHeader.damaged(name, "none of its key slots is in use");
    }
    throw new WrongKeyException(name);
  }

  private Optional<byte[]> tryOn(KeySlot slot) throws IOException {
    long work =
        Pbkdf2.work(header.hash(), slot.iterations(), header.keyBytes())
            + Pbkdf2.work(header.hash(), header.iterations(), LuksHeader.DIGEST_SIZE);
    if (!key.take(work)) {
      throw new ImageException.Unsupported(
          name,
          "its LUKS header wants a hash to be made "
              + work
              + " times for key slot "
              + slot.number()
              + ", and no more than "
              + LuksKey.MAX_WORK
              + " are made for all",
          "decrypt it with qemu-img convert, if you trust who made it");
    }
    byte[] opener =
        Pbkdf2.derive(
            header.hash(), key.bytes(), slot.salt(), slot.iterations(), header.keyBytes());
    byte[] material = new byte[header.materialBytes()];
    bytes
        .read(
            slot.sector() * SectorCipher.SECTOR,
            material.length,
            "key material of slot " + slot.number())
        .get(0, material);
    header.mode().cipher(opener).decrypt(material, 0, material.length, 0);
    byte[] candidate = new AntiForensic(header.hash()).merge(material, KeySlot.STRIPES);
    byte[] digest =
        Pbkdf2.derive(
            header.hash(), candidate, header.salt(), header.iterations(), LuksHeader.DIGEST_SIZE);
    Arrays.fill(opener, (byte) 0);
    Arrays.fill(material, (byte) 0);
    if (MessageDigest.isEqual(digest, header.digest())) {
      return Optional.of(candidate);
    }
    Arrays.fill(candidate, (byte) 0);
    return Optional.empty();
  }
}
