package io.github.qcow2tostdout.foreign;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Formats that a file shows by its first bytes. A raw disk may begin like that too, if whoever
 * writes to it wants it to: what is found is a reason to ask, never an answer.
 */
public enum KnownFormat {
  QCOW2(Kind.IMAGE, "qcow2", 0, "QFI\u00fb\0\0\0\u0002"),
  QCOW3(Kind.IMAGE, "qcow2", 0, "QFI\u00fb\0\0\0\u0003"),
  QCOW(Kind.IMAGE, "qcow", 0, "QFI\u00fb\0\0\0\u0001"),
  VMDK_SPARSE(Kind.IMAGE, "vmdk", 0, "KDMV"),
  VMDK_COWD(Kind.IMAGE, "vmdk", 0, "COWD"),
  VMDK_DESCRIPTOR(Kind.IMAGE, "vmdk", 0, "# Disk DescriptorFile"),
  VDI(Kind.IMAGE, "vdi", 64, "\u007f\u0010\u00da\u00be"),
  VHDX(Kind.IMAGE, "vhdx", 0, "vhdxfile"),
  VPC(Kind.IMAGE, "vpc", 0, "conectix"),
  QED(Kind.IMAGE, "qed", 0, "QED\0"),
  LUKS(Kind.ENCRYPTED, "luks", 0, "LUKS\u00ba\u00be"),
  PARALLELS(Kind.IMAGE, "parallels", 0, "WithoutFreeSpace"),
  PARALLELS_EXTENDED(Kind.IMAGE, "parallels", 0, "WithouFreSpacExt"),
  BOCHS(Kind.IMAGE, "bochs", 0, "Bochs Virtual HD Image"),
  CLOOP(Kind.IMAGE, "cloop", 0, "#!/bin/sh\n#V2.0 Format\nmodprobe cloop"),
  GZIP(Kind.COMPRESSED, "gzip", 0, "\u001f\u008b\b"),
  XZ(Kind.COMPRESSED, "xz", 0, "\u00fd7zXZ\0"),
  ZSTD(Kind.COMPRESSED, "zstd", 0, "(\u00b5/\u00fd"),
  LZ4(Kind.COMPRESSED, "lz4", 0, "\u0004\"M\u0018"),
  BZIP2(Kind.COMPRESSED, "bzip2", 4, "1AY&SY");

  /** What a file of a format holds. */
  public enum Kind {
    /** A disk in QEMU's terms. */
    IMAGE,
    /** A disk as a guest may have made it: nobody can tell. */
    ENCRYPTED,
    /** Something that a program decompresses. */
    COMPRESSED
  }

  /** Bytes of a file that are enough to know it by. */
  public static final int START = 512;

  private static final String BZIP2_START = "BZh";

  private static final byte[] DMG = "koly".getBytes(ISO_8859_1);

  private final Kind kind;
  private final String formatName;
  private final int offset;
  private final byte[] magic;

  KnownFormat(Kind kind, String formatName, int offset, String magic) {
    this.kind = kind;
    this.formatName = formatName;
    this.offset = offset;
    this.magic = magic.getBytes(ISO_8859_1);
  }

  /** What it holds. */
  public Kind kind() {
    return kind;
  }

  /** What QEMU calls it; of what is compressed the program that does that. */
  public String formatName() {
    return formatName;
  }

  /**
   * The format that something begins like.
   *
   * @param start its first bytes, up to the buffer's position; {@link #START} if it has so many
   */
  public static Optional<KnownFormat> of(ByteBuffer start) {
    for (KnownFormat format : values()) {
      if (format.magicIsIn(start)) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }

  /**
   * What QEMU calls the format that something ends like: a raw disk with something behind it, or
   * compressed.
   *
   * @param last its last {@link #START} bytes, up to the buffer's position
   */
  public static Optional<String> ofLast(ByteBuffer last) {
    if (VPC.magicIsIn(last)) {
      return Optional.of(VPC.formatName);
    }
    return holds(last, 0, DMG) ? Optional.of("dmg") : Optional.empty();
  }

  private boolean magicIsIn(ByteBuffer start) {
    boolean same = holds(start, offset, magic);
    // The digit between the two is how hard it was tried.
    return same && (this != BZIP2 || holds(start, 0, BZIP2_START.getBytes(ISO_8859_1)));
  }

  private static boolean holds(ByteBuffer start, int offset, byte[] magic) {
    boolean same = offset + magic.length <= start.position();
    for (int i = 0; same && i < magic.length; i++) {
      same = start.get(offset + i) == magic[i];
    }
    return same;
  }
}
