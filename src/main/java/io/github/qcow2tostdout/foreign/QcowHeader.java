package io.github.qcow2tostdout.foreign;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The header of version 1, big-endian.
 *
 * <pre>
 * byte  0 - 7   magic, version 1
 *       8 - 15  offset of the backing file's name, or 0
 *      16 - 19  its length
 *      24 - 31  bytes of the disk
 *      36 - 39  how it is encrypted, or 0
 * </pre>
 *
 * <p>Source: QEMU's block/qcow.c.
 */
final class QcowHeader {
  static final String FORMAT = "qcow";

  private static final long MAGIC_AND_VERSION = 0x514649fb_00000001L;
  private static final int LENGTH = 48;
  private static final int NAME_OFFSET = 8;
  private static final int NAME_LENGTH = 16;
  private static final int SIZE = 24;
  private static final int CRYPT_METHOD = 36;

  private QcowHeader() {}

  static ForeignHeader read(ImageBytes bytes) throws IOException {
    ByteBuffer header = bytes.read(0, LENGTH);
    if (header.getLong(0) != MAGIC_AND_VERSION) {
      return ForeignHeader.silent(FORMAT);
    }
    BackingName name =
        BackingName.read(
            bytes,
            header.getLong(NAME_OFFSET),
            Integer.toUnsignedLong(header.getInt(NAME_LENGTH)),
            NAME_OFFSET,
            Optional.empty());
    return name.in(
        ForeignHeader.of(
            FORMAT,
            List.of(),
            OptionalLong.of(header.getLong(SIZE)),
            header.getInt(CRYPT_METHOD) != 0));
  }
}
