package io.github.qcow2tostdout.format;

import java.util.Optional;

/**
 * How the compressed clusters of an image are compressed.
 *
 * <p>Source: qcow2 specification, "Header", compression_type.
 */
public enum CompressionType {
  /** Raw deflate data (RFC 1951), which QEMU calls zlib. */
  ZLIB("zlib"),
  /** Zstandard frames; needs version 3 and its feature bit. */
  ZSTD("zstd");

  private final String specName;

  CompressionType(String specName) {
    this.specName = specName;
  }

  /** QEMU's name for it. */
  public String specName() {
    return specName;
  }

  /** The value of the header field. */
  public int number() {
    return ordinal();
  }

  /** The type of that name. */
  public static Optional<CompressionType> ofName(String name) {
    for (CompressionType type : values()) {
      if (type.specName.equals(name)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
