package io.github.qcow2tostdout.luks;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/** The hashes of LUKS headers that the JDK has; ripemd160, sm3 and others it has not. */
enum LuksHash {
  SHA1("sha1", "SHA-1", 20),
  SHA224("sha224", "SHA-224", 28),
  SHA256("sha256", "SHA-256", 32),
  SHA384("sha384", "SHA-384", 48),
  SHA512("sha512", "SHA-512", 64);

  private final String word;
  private final String algorithm;
  private final int size;

  LuksHash(String word, String algorithm, int size) {
    this.word = word;
    this.algorithm = algorithm;
    this.size = size;
  }

  /** The one that a header calls so. */
  static Optional<LuksHash> of(String word) {
    for (LuksHash hash : values()) {
      if (hash.word.equals(word)) {
        return Optional.of(hash);
      }
    }
    return Optional.empty();
  }

  /** What headers call it. */
  String word() {
    return word;
  }

  /** Bytes of a digest. */
  int size() {
    return size;
  }

  /** What the JDK calls the keyed hash. */
  String keyed() {
    return "Hmac" + algorithm.replace("-", "");
  }

  /** A new digest. */
  MessageDigest digest() {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(algorithm + " is missing in this runtime", e);
    }
  }
}
