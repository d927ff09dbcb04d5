package io.github.qcow2tostdout.foreign;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The header of a QED image, little-endian.
 *
 * <pre>
 * byte  0 - 3   magic
 *      16 - 23  features: bit 0 there is a backing file, bit 2 it is raw
 *      48 - 55  bytes of the disk
 *      56 - 59  offset of the backing file's name
 *      60 - 63  its length
 * </pre>
 *
 * <p>Source: QEMU's docs/interop/qed_spec.txt.
 */
final class QedHeader {
  static final String FORMAT = "qed";

  private static final int MAGIC = 'Q' | 'E' << 8 | 'D' << 16;
  private static final int LENGTH = 64;
  private static final int FEATURES = 16;
  private static final int SIZE = 48;
  private static final int NAME_OFFSET = 56;
  private static final int NAME_LENGTH = 60;
  private static final long BACKING_FILE = 1;
  private static final long BACKING_FILE_IS_RAW = 4;

  private QedHeader() {}

  static ForeignHeader read(ImageBytes bytes) throws IOException {
    ByteBuffer header = bytes.read(0, LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    if (header.getInt(0) != MAGIC) {
      return ForeignHeader.silent(FORMAT);
    }
    ForeignHeader plain =
        ForeignHeader.of(FORMAT, List.of(), OptionalLong.of(header.getLong(SIZE)), false);
    long features = header.getLong(FEATURES);
    if ((features & BACKING_FILE) == 0) {
      return plain;
    }
    long offset = Integer.toUnsignedLong(header.getInt(NAME_OFFSET));
    if (offset == 0) {
      return plain.because("it has a backing file, whose name is at byte 0");
    }
    Optional<String> format =
        (features & BACKING_FILE_IS_RAW) == 0 ? Optional.empty() : Optional.of("raw");
    return BackingName.read(
            bytes, offset, Integer.toUnsignedLong(header.getInt(NAME_LENGTH)), NAME_OFFSET, format)
        .in(plain);
  }
}
