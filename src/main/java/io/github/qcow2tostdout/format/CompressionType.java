package io.github.qcow2tostdout.format;

import java.util.Optional;

/**
 * How the compressed clusters of an image are compressed.
 *
 * <p>Source: qcow2 specification, "Header", compression_type.
 */
public enum CompressionType {
  /** Raw deflate data (RFC 1951), which QEMU calls zlib. */
  ZLIB("zlib", 0),
  /** Zstandard frames; needs version 3 and its feature bit. */
  ZSTD("zstd", 1);

  private final String specName;
  private final int number;

  CompressionType(String specName, int number) {
    this.specName = specName;
    this.number = number;
  }

  /** QEMU's name for it. */
  public String specName() {
    return specName;
  }

  /** The value of the header field. */
  public int number() {
    return number;
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
