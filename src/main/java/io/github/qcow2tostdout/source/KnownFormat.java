package io.github.qcow2tostdout.source;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Formats of disks that a file shows by its first bytes. A raw disk may begin like that too, if
 * whoever writes to it wants it to: what is found is a reason to ask, never an answer.
 */
public enum KnownFormat {
  QCOW2("qcow2", 0, "QFI\u00fb\0\0\0\u0002"),
  QCOW3("qcow2", 0, "QFI\u00fb\0\0\0\u0003"),
  QCOW("qcow", 0, "QFI\u00fb\0\0\0\u0001"),
  VMDK_SPARSE("vmdk", 0, "KDMV"),
  VMDK_COWD("vmdk", 0, "COWD"),
  VMDK_DESCRIPTOR("vmdk", 0, "# Disk DescriptorFile"),
  VDI("vdi", 64, "\u007f\u0010\u00da\u00be"),
  VHDX("vhdx", 0, "vhdxfile"),
  VPC("vpc", 0, "conectix"),
  QED("qed", 0, "QED\0"),
  LUKS("luks", 0, "LUKS\u00ba\u00be"),
  PARALLELS("parallels", 0, "WithoutFreeSpace"),
  PARALLELS_EXTENDED("parallels", 0, "WithouFreSpacExt"),
  BOCHS("bochs", 0, "Bochs Virtual HD Image");

  private static final int START = 512;

  private final String qemuName;
  private final int offset;
  private final byte[] magic;

  KnownFormat(String qemuName, int offset, String magic) {
    this.qemuName = qemuName;
    this.offset = offset;
    this.magic = magic.getBytes(ISO_8859_1);
  }

  /** What QEMU calls it. */
  public String qemuName() {
    return qemuName;
  }

  /** The format that a source begins like, read as it is. */
  public static Optional<KnownFormat> of(Source source) throws IOException {
    ByteBuffer start = ByteBuffer.allocate(START);
    source.read(start, 0);
    for (KnownFormat format : values()) {
      if (format.magicIsIn(start.array(), start.position())) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }

  private boolean magicIsIn(byte[] start, int length) {
    boolean same = offset + magic.length <= length;
    for (int i = 0; same && i < magic.length; i++) {
      same = start[offset + i] == magic[i];
    }
    return same;
  }
}
