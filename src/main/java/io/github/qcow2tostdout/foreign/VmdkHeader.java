package io.github.qcow2tostdout.foreign;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is at the beginning of a file of VMware's: a sparse extent, with a descriptor in it or not,
 * or a descriptor alone, which is text.
 *
 * <pre>
 * byte  0 - 3    "KDMV" ("COWD": an older one, without what follows)
 *      12 - 19   sectors of the disk; 0 if a descriptor tells them
 *      28 - 35   sector of the descriptor
 * </pre>
 *
 * <p>Source: VMware's Virtual Disk Format 5.0, and QEMU's block/vmdk.c.
 */
final class VmdkHeader {
  static final String FORMAT = "vmdk";

  private static final int KDMV = 'K' | 'D' << 8 | 'M' << 16 | 'V' << 24;
  private static final int COWD = 'C' | 'O' << 8 | 'W' << 16 | 'D' << 24;
  private static final int LENGTH = 64;
  private static final int CAPACITY = 12;
  private static final int DESCRIPTOR_OFFSET = 28;
  private static final int SECTOR = 512;

  /** Where QEMU looks for the descriptor in a sparse extent, and how much of it that takes. */
  private static final long EMBEDDED = 512;

  private static final int EMBEDDED_LENGTH = 20 * SECTOR;

  private VmdkHeader() {}

  static ForeignHeader read(ImageBytes bytes) throws IOException {
    ByteBuffer header = bytes.read(0, LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    return switch (header.getInt(0)) {
      case KDMV -> {
        long sectors = header.getLong(CAPACITY);
        ForeignHeader sparse =
            embedded(
                bytes,
                header.getLong(DESCRIPTOR_OFFSET),
                sectors < 0 || sectors > Long.MAX_VALUE / SECTOR
                    ? OptionalLong.empty()
                    : OptionalLong.of(sectors * SECTOR));
        // QEMU follows the extents of such a descriptor; nobody makes one.
        yield sectors == 0 ? ofDescriptor(sparse) : sparse;
      }
      case COWD -> embedded(bytes, 1, OptionalLong.empty());
      default -> descriptor(bytes);
    };
  }

  private static ForeignHeader embedded(ImageBytes bytes, long sector, OptionalLong diskSize)
      throws IOException {
    List<Long> places = new ArrayList<>(List.of(EMBEDDED));
    if (sector > 1 && sector < bytes.size() / SECTOR) {
      places.add(sector * SECTOR);
    }
    ForeignHeader header = ForeignHeader.of(FORMAT, List.of(), diskSize, false);
    for (long place : places) {
      Optional<BackingName> parent =
          VmdkDescriptor.parent(VmdkDescriptor.text(bytes, place, EMBEDDED_LENGTH), place);
      if (parent.isPresent()) {
        return parent.get().in(header);
      }
    }
    return header;
  }

  private static ForeignHeader ofDescriptor(ForeignHeader sparse) {
    List<NamedFile> files = new ArrayList<>(sparse.files());
    files.add(
        new NamedFile(
            NamedFile.Role.EXTENT, "of a descriptor inside", Optional.empty(), DESCRIPTOR_OFFSET));
    return ForeignHeader.of(FORMAT, List.copyOf(files), sparse.diskSize(), false)
        .because("it has no sectors of its own, only a descriptor in it");
  }

  private static ForeignHeader descriptor(ImageBytes bytes) throws IOException {
    String text =
        VmdkDescriptor.text(bytes, 0, (int) Math.min(bytes.size(), ForeignHeader.MAX_READ));
    Optional<VmdkDescriptor> descriptor = VmdkDescriptor.parse(text);
    if (descriptor.isEmpty()) {
      // Nothing that QEMU could find something else in is left to it.
      return ForeignHeader.silent(FORMAT).because("it is no image of VMware's");
    }
    return descriptor.get().header(text);
  }
}
