package io.github.qcow2tostdout.foreign;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * The header of a VirtualBox disk, little-endian. It names its parent by an identifier, which only
 * VirtualBox finds; QEMU refuses such an image.
 *
 * <pre>
 * byte 64 - 67   magic
 *     368 - 375  bytes of the disk
 *     424 - 439  identifier of the parent, or zeroes
 * </pre>
 *
 * <p>Source: QEMU's block/vdi.c.
 */
final class VdiHeader {
  static final String FORMAT = "vdi";

  private static final int MAGIC_AT = 64;
  private static final int MAGIC = 0xbeda107f;
  private static final int SIZE = 368;
  private static final int PARENT = 424;
  private static final int LENGTH = 512;

  private VdiHeader() {}

  static ForeignHeader read(ImageBytes bytes) throws IOException {
    ByteBuffer header = bytes.read(0, LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    if (header.getInt(MAGIC_AT) != MAGIC) {
      return ForeignHeader.silent(FORMAT);
    }
    UUID parent = new UUID(header.getLong(PARENT), header.getLong(PARENT + Long.BYTES));
    ForeignHeader plain =
        ForeignHeader.of(FORMAT, List.of(), OptionalLong.of(header.getLong(SIZE)), false);
    if (parent.getMostSignificantBits() == 0 && parent.getLeastSignificantBits() == 0) {
      return plain;
    }
    header.order(ByteOrder.BIG_ENDIAN);
    return new BackingName(
            Optional.of(
                new NamedFile(
                    NamedFile.Role.BACKING,
                    "of the identifier "
                        + new UUID(header.getLong(PARENT), header.getLong(PARENT + Long.BYTES)),
                    Optional.of(FORMAT),
                    PARENT)),
            Optional.of("it is a difference to a parent, which QEMU does not read"))
        .in(plain);
  }
}
