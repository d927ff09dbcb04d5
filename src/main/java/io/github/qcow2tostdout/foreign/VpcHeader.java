package io.github.qcow2tostdout.foreign;

import static java.nio.charset.StandardCharsets.UTF_16BE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The footer of a Virtual PC disk, big-endian: the last 512 bytes of the file, and the first too if
 * the disk is not of a fixed size.
 *
 * <pre>
 * byte  0 - 7    magic
 *      16 - 23   offset of the dynamic header: magic, and at byte 64 of it the parent's name
 *      48 - 55   bytes of the disk
 *      60 - 63   2 fixed, 3 dynamic, 4 a difference to a parent
 * </pre>
 *
 * <p>Source: Microsoft's Virtual Hard Disk Image Format Specification.
 */
final class VpcHeader {
  static final String FORMAT = "vpc";

  /** Bytes of the footer. */
  static final int LENGTH = 512;

  private static final long MAGIC = 0x636f6e6563746978L;
  private static final int DATA_OFFSET = 16;
  private static final int SIZE = 48;
  private static final int TYPE = 60;
  private static final int DIFFERENCING = 4;
  private static final int PARENT_NAME = 64;
  private static final int PARENT_NAME_LENGTH = 512;

  private VpcHeader() {}

  static ForeignHeader read(ImageBytes bytes) throws IOException {
    ByteBuffer footer = bytes.read(0, LENGTH);
    if (footer.getLong(0) != MAGIC && bytes.size() >= LENGTH) {
      footer = bytes.read(bytes.size() - LENGTH, LENGTH);
    }
    if (footer.getLong(0) != MAGIC) {
      return ForeignHeader.silent(FORMAT);
    }
    ForeignHeader plain =
        ForeignHeader.of(FORMAT, List.of(), OptionalLong.of(footer.getLong(SIZE)), false);
    if (footer.getInt(TYPE) != DIFFERENCING) {
      return plain;
    }
    // QEMU takes it for one without data: all zeroes.
    return new BackingName(
            Optional.of(parent(bytes, footer.getLong(DATA_OFFSET))),
            Optional.of("it is a difference to a parent, which QEMU does not read"))
        .in(plain);
  }

  private static NamedFile parent(ImageBytes bytes, long header) throws IOException {
    String name = "";
    long at = TYPE;
    if (header >= 0 && header <= bytes.size() - PARENT_NAME - PARENT_NAME_LENGTH) {
      at = header + PARENT_NAME;
      name = UTF_16BE.decode(bytes.read(at, PARENT_NAME_LENGTH)).toString();
      int end = name.indexOf('\0');
      name = end < 0 ? name : name.substring(0, end);
    }
    return new NamedFile(
        NamedFile.Role.BACKING, name.isEmpty() ? "without a name" : name, Optional.of(FORMAT), at);
  }
}
