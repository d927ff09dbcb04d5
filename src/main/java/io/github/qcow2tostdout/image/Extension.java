package io.github.qcow2tostdout.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.qcow2tostdout.format.HeaderExtension;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A header extension as it is in the file.
 *
 * @param offset of its first byte
 * @param type the number that says what it is
 * @param length bytes of its data
 * @param data from index 0; shorter than {@code length} where the file or the first cluster ends
 */
public record Extension(long offset, int type, long length, ByteBuffer data) {
  /** Bytes of it, without the padding. */
  public long size() {
    return HeaderExtension.PREFIX_SIZE + length;
  }

  /** Where its length is. */
  public long lengthOffset() {
    return offset + HeaderExtension.LENGTH_OFFSET;
  }

  /** Where its data starts. */
  public long dataOffset() {
    return offset + HeaderExtension.PREFIX_SIZE;
  }

  /** Where the next starts. */
  public long end() {
    return offset + HeaderExtension.size(length);
  }

  /**
   * As much of it as a file has; behind its end the data is zeroes, which QEMU reads there.
   *
   * @return empty if the file ends before the data starts
   */
  public Optional<Extension> upTo(long fileSize) {
    long dataInFile = fileSize - dataOffset();
    return dataInFile < 0
        ? Optional.empty()
        : Optional.of(
            new Extension(
                offset, type, length, data.slice(0, (int) Math.min(dataInFile, data.capacity()))));
  }

  /** The data as text. */
  public String text() {
    return UTF_8.decode(data.duplicate().rewind()).toString();
  }

  /** The name of the type, as tools print it; {@code <unknown>} if it has none. */
  public String typeName() {
    return knownType().orElse("<unknown>");
  }

  /** The name of the type, if it is one that this program knows. */
  public Optional<String> knownType() {
    return switch (type) {
      case HeaderExtension.BACKING_FORMAT -> Optional.of("Backing format");
      case HeaderExtension.FEATURE_NAME_TABLE -> Optional.of("Feature table");
      case HeaderExtension.CRYPTO_HEADER -> Optional.of("Crypto header");
      case HeaderExtension.BITMAPS -> Optional.of("Bitmaps");
      case HeaderExtension.DATA_FILE_NAME -> Optional.of("Data file");
      default -> Optional.empty();
    };
  }
}
