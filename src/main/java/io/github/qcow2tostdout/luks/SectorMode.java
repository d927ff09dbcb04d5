package io.github.qcow2tostdout.luks;

import java.util.Arrays;
import java.util.Optional;

/** How AES is used for sectors: the modes of headers that this program has. */
enum SectorMode {
  XTS_PLAIN64("xts-plain64"),
  XTS_PLAIN("xts-plain"),
  CBC_PLAIN64("cbc-plain64"),
  CBC_PLAIN("cbc-plain"),
  CBC_ESSIV("cbc-essiv:sha256");

  /** The bits of a sector's number that count where it has 32. */
  private static final long PLAIN = 0xffff_ffffL;

  private static final long PLAIN64 = -1;

  private final String word;

  SectorMode(String word) {
    this.word = word;
  }

  /** What headers call it. */
  String word() {
    return word;
  }

  /** The one that a header calls so. */
  static Optional<SectorMode> of(String word) {
    for (SectorMode mode : values()) {
      if (mode.word.equals(word)) {
        return Optional.of(mode);
      }
    }
    return Optional.empty();
  }

  /** Whether keys of so many bytes are those of this mode: XTS takes two of AES. */
  boolean takes(long keyBytes) {
    return switch (this) {
      case XTS_PLAIN64, XTS_PLAIN -> keyBytes == 32 || keyBytes == 64;
      case CBC_PLAIN64, CBC_PLAIN, CBC_ESSIV -> keyBytes == 16 || keyBytes == 32;
    };
  }

  /** A new cipher. */
  SectorCipher cipher(byte[] key) {
    return switch (this) {
      case XTS_PLAIN64 -> new XtsCipher(key, PLAIN64);
      case XTS_PLAIN -> new XtsCipher(key, PLAIN);
      case CBC_PLAIN64 -> new CbcCipher(key, SectorMode::copy, PLAIN64);
      case CBC_PLAIN -> new CbcCipher(key, SectorMode::copy, PLAIN);
      case CBC_ESSIV -> {
        byte[] hashed = LuksHash.SHA256.digest().digest(key);
        AesBlocks aes = AesBlocks.encrypting(hashed);
        Arrays.fill(hashed, (byte) 0);
        yield new CbcCipher(
            key, (numbers, length, out) -> aes.apply(numbers, 0, length, out, 0), PLAIN64);
      }
    };
  }

  private static void copy(byte[] numbers, int length, byte[] out) {
    System.arraycopy(numbers, 0, out, 0, length);
  }
}
