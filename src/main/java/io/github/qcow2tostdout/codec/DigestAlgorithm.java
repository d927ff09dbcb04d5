package io.github.qcow2tostdout.codec;

import java.util.Optional;

/** The algorithms of digests, by the names that users give them. */
public enum DigestAlgorithm {
  SHA256("sha256", 256, "SHA-256"),
  SHA512("sha512", 512, "SHA-512"),
  MD5("md5", 128, "MD5"),
  CRC32C("crc32c", 32, ""),
  CRC64NVME("crc64nvme", 64, "");

  private static final int BITS_OF_DIGIT = 4;

  private final String word;
  private final int bits;
  private final String nameInJdk;

  DigestAlgorithm(String word, int bits, String nameInJdk) {
    this.word = word;
    this.bits = bits;
    this.nameInJdk = nameInJdk;
  }

  /** The algorithm of that name; empty if there is none. */
  public static Optional<DigestAlgorithm> ofWord(String word) {
    for (DigestAlgorithm algorithm : values()) {
      if (algorithm.word.equals(word)) {
        return Optional.of(algorithm);
      }
    }
    return Optional.empty();
  }

  /** All names, for messages. */
  public static String words() {
    StringBuilder words = new StringBuilder();
    for (DigestAlgorithm algorithm : values()) {
      words.append(words.isEmpty() ? "" : ", ").append(algorithm.word);
    }
    return words.toString();
  }

  /** Its name. */
  public String word() {
    return word;
  }

  /** Hexadecimal digits of a value. */
  int digits() {
    return bits / BITS_OF_DIGIT;
  }

  /** Whether it takes less time than to hand the bytes to another thread. */
  boolean isQuick() {
    return this == CRC32C;
  }

  /** A new digest, of no bytes yet. */
  public Digest digest() {
    return switch (this) {
      case SHA256, SHA512, MD5 -> new HashDigest(nameInJdk);
      case CRC32C -> new Crc32cDigest();
      case CRC64NVME -> new Crc64Digest();
    };
  }
}
