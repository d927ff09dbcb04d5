package io.github.qcow2tostdout.api;

import io.github.qcow2tostdout.codec.Encoding;
import io.github.qcow2tostdout.format.CompressionType;

/** How clusters can be compressed; the specification's compression types. */
public enum CompressionMethod {
  /** Raw deflate, which QEMU calls zlib; levels 1 to 12. */
  ZLIB(CompressionType.ZLIB),
  /** Zstandard; levels 1 to 22, and in images of version 3 only. */
  ZSTD(CompressionType.ZSTD);

  private final CompressionType type;

  CompressionMethod(CompressionType type) {
    this.type = type;
  }

  CompressionType type() {
    return type;
  }

  /** The highest level; the lowest is 1. */
  public int maxLevel() {
    return Encoding.highest(this == ZSTD, false);
  }

  /** The level that is worth its time. */
  public int defaultLevel() {
    return Encoding.defaultLevel(this == ZSTD, false);
  }

  /**
   * Whether there is an encoder here: always for {@link #ZLIB}, for {@link #ZSTD} only where its
   * library is. To read images nothing is needed.
   */
  public boolean isAvailable() {
    return this == ZLIB || new Encoding(true, defaultLevel(), false).missing().isEmpty();
  }
}
