package io.github.qcow2tostdout.image;

import io.github.qcow2tostdout.format.ImageException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** What QEMU wants of a LUKS header, as far as it can be told without the key. */
public final class CryptoRules {
  /** {@code LUKS\xba\xbe}, and version 1. */
  private static final long MAGIC = 0x4c554b53_babe_0001L;

  private static final long VERSION_MASK = 0xffff;

  /** Bytes of the header in front of the key material. */
  private static final int HEADER_LENGTH = 592;

  private CryptoRules() {}

  /**
   * Looks at the header.
   *
   * @throws ImageException with QEMU's reason if it would not open the image with any key
   */
  public static void check(BoundedFile file, OpenedImage.CryptoHeader crypto) throws IOException {
    if (Long.compareUnsigned(crypto.length(), HEADER_LENGTH) < 0) {
      throw damaged(
          file,
          "Request for data outside of extension header: it has "
              + crypto.length()
              + " bytes, at least "
              + HEADER_LENGTH);
    }
    ByteBuffer start = file.readPadded(crypto.offset(), Long.BYTES, "crypto header");
    long magic = start.getLong(0);
    if ((magic & ~VERSION_MASK) != (MAGIC & ~VERSION_MASK)) {
      throw damaged(file, "Volume is not in LUKS format");
    }
    if (magic != MAGIC) {
      throw damaged(file, "LUKS version " + (magic & VERSION_MASK) + " is not supported");
    }
  }

  private static ImageException damaged(BoundedFile file, String fact) {
    return new ImageException.Corrupt(
        file.name(), fact, "without its crypto header the disk is lost; get a whole copy");
  }
}
