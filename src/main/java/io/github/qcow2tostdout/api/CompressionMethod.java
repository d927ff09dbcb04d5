package io.github.qcow2tostdout.api;

import io.github.qcow2tostdout.codec.Encoding;
import io.github.qcow2tostdout.format.CompressionType;

/** How clusters can be compressed; the specification's compression types. */
public enum CompressionMethod {
  /** Raw deflate, which QEMU calls zlib; levels 1 to 12. */
  ZLIB(CompressionType.ZLIB, 12),
  /** Zstandard; levels 1 to 22, and in images of version 3 only. */
  ZSTD(CompressionType.ZSTD, 22);

  private final CompressionType type;
  private final int maxLevel;

  CompressionMethod(CompressionType type, int maxLevel) {
    this.type = type;
    this.maxLevel = maxLevel;
  }

  CompressionType type() {
    return type;
  }

  /** The highest level; the lowest is 1. */
  public int maxLevel() {
    return maxLevel;
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
