package io.github.qcow2tostdout.inspect;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * Follows the frames and blocks of zstd data without decoding what is in them. Finds data that is
 * no zstd at all, that is cut short, or that says that it is of another size.
 *
 * <p>Source: RFC 8878, "Frames" and "Blocks".
 */
final class ZstdFrames {
  private static final int MAGIC = 0xfd2fb528;
  private static final int SKIPPABLE = 0x184d2a50;
  private static final int MAX_BLOCK = 128 << 10;

  private final ByteBuffer data;
  private final long expected;
  private long produced;
  private boolean exact = true;

  private ZstdFrames(ByteBuffer data, long expected) {
    this.data = data.order(ByteOrder.LITTLE_ENDIAN);
    this.expected = expected;
  }

  /**
   * What is wrong with the data; empty if nothing is, as far as this can tell.
   *
   * @param data from its position to its limit; what follows the frames may be anything
   * @param expected bytes that it is to decode to
   */
  static Optional<String> check(ByteBuffer data, long expected) {
    return new ZstdFrames(data, expected).run();
  }

  private Optional<String> run() {
    while (exact ? produced < expected : data.remaining() >= 4 && isFrame()) {
      if (data.remaining() < 5) {
        return Optional.of("the zstd data ends early");
      }
      Optional<String> problem = frame();
      if (problem.isPresent()) {
        return problem;
      }
    }
    return exact && produced > expected
        ? Optional.of("the zstd data is of " + produced + " bytes")
        : Optional.empty();
  }

  private boolean isFrame() {
    int magic = data.getInt(data.position());
    return magic == MAGIC || (magic & -16) == SKIPPABLE;
  }

  private Optional<String> frame() {
    int magic = data.getInt();
    if ((magic & -16) == SKIPPABLE) {
      return skip(data.remaining() < 4 ? Long.MAX_VALUE : Integer.toUnsignedLong(data.getInt()));
    }
    if (magic != MAGIC) {
      return Optional.of(String.format("no zstd frame but %08x", Integer.reverseBytes(magic)));
    }
    int descriptor = data.get();
    boolean single = (descriptor & 0x20) != 0;
    int sizeBytes = descriptor >>> 6 & 3;
    int contentBytes = sizeBytes == 0 ? (single ? 1 : 0) : 1 << sizeBytes;
    int dictionaryBytes = (1 << (descriptor & 3)) >>> 1;
    int header = (single ? 0 : 1) + dictionaryBytes + contentBytes;
    if ((descriptor & 8) != 0 || data.remaining() < header) {
      return Optional.of("a zstd frame header that is damaged");
    }
    int contentAt = data.position() + header - contentBytes;
    long content = contentBytes == 0 ? -1 : content(contentAt, contentBytes);
    data.position(data.position() + header);
    Optional<String> problem = blocks(content < 0);
    if (problem.isPresent()) {
      return problem;
    }
    produced += Math.max(0, content);
    return (descriptor & 4) != 0 ? skip(4) : Optional.empty();
  }

  private long content(int at, int bytes) {
    return switch (bytes) {
      case 1 -> Byte.toUnsignedLong(data.get(at));
      case 2 -> Short.toUnsignedLong(data.getShort(at)) + 256;
      case 4 -> Integer.toUnsignedLong(data.getInt(at));
      default -> Math.max(0, data.getLong(at));
    };
  }

  private Optional<String> blocks(boolean count) {
    boolean last = false;
    while (!last) {
      if (data.remaining() < 3) {
        return Optional.of("the zstd data ends early");
      }
      int header = Short.toUnsignedInt(data.getShort()) | Byte.toUnsignedInt(data.get()) << 16;
      last = (header & 1) != 0;
      int type = header >>> 1 & 3;
      int size = header >>> 3;
      if (type == 3 || size > MAX_BLOCK) {
        return Optional.of("a zstd block that is damaged");
      }
      if (count) {
        produced += type == 2 ? 0 : size;
        // How much a compressed block gives, only a decoder knows.
        exact &= type != 2;
      }
      Optional<String> problem = skip(type == 1 ? 1 : size);
      if (problem.isPresent()) {
        return problem;
      }
    }
    return Optional.empty();
  }

  private Optional<String> skip(long bytes) {
    if (bytes > data.remaining()) {
      return Optional.of("the zstd data ends early");
    }
    data.position(data.position() + (int) bytes);
    return Optional.empty();
  }
}
