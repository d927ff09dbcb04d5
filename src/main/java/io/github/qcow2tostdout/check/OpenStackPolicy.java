package io.github.qcow2tostdout.check;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.qcow2tostdout.check.PolicyVerdict.Reason;
import io.github.qcow2tostdout.format.Header;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.image.BoundedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The verdict of the format inspector of oslo.utils, by which Glance, Nova, Cinder and Ironic
 * decide whether they touch an image. It reads the header's bytes as they are, with a list of
 * features of its own: extended L2 entries are none that it knows, and in version 2, which has no
 * features, what lies in their place counts for the data file all the same. A file that is in two
 * formats at once is refused too.
 *
 * <p>Source: oslo_utils/imageutils/format_inspector.py, as of 2026-06.
 */
public final class OpenStackPolicy {
  public static final String NAME = "openstack";

  /** What it looks at of each format first; of a shorter file it says that it is raw. */
  private static final int START = 512;

  private static final long KNOWN_FEATURES = 0xf;
  private static final long DATA_FILE = 1 << 2;

  private static final int VDI_MAGIC_OFFSET = 0x40;
  private static final int VDI_MAGIC = 0x7f10dabe;
  private static final int BOOT_SIGNATURE_OFFSET = 510;
  private static final short BOOT_SIGNATURE = 0x55aa;
  private static final int FAT_COUNT_OFFSET = 0x10;
  private static final int FAT_MEDIA_OFFSET = 0x15;
  private static final int FAT_FIXED_DISK = 0xf8;
  private static final int ISO_OFFSET = 32 << 10;
  private static final int ISO_LENGTH = 2 << 10;
  private static final Set<String> ISO_MAGICS = Set.of("CD001", "NSR02", "NSR03");

  private final BoundedFile file;
  private final ByteBuffer start;

  private OpenStackPolicy(BoundedFile file, ByteBuffer start) {
    this.file = file;
    this.start = start;
  }

  /** The verdict on an image; empty if it begins like none of the formats that are judged here. */
  public static Optional<PolicyVerdict> judge(BoundedFile file) throws IOException {
    ByteBuffer start = file.readPadded(0, START, "magic");
    return new OpenStackPolicy(file, start).reasons().map(it -> new PolicyVerdict(NAME, it));
  }

  private Optional<List<Reason>> reasons() throws IOException {
    List<Reason> reasons = new ArrayList<>();
    if (start.getInt(0) == Header.MAGIC) {
      if (file.size() < START) {
        reasons.add(new Reason("format", "raw, not qcow2: the file is too short"));
        return Optional.of(reasons);
      }
      formats(reasons, "qcow2");
      qcow2(reasons);
    } else if (begins("QED\0")) {
      formats(reasons, "qed");
      reasons.add(new Reason("banned", "This file format is not allowed"));
    } else if (begins("conectix")) {
      formats(reasons, "vhd");
    } else if (isVdi()) {
      formats(reasons, "vdi");
    } else {
      return Optional.empty();
    }
    return Optional.of(reasons);
  }

  private void qcow2(List<Reason> reasons) {
    if (start.getLong(HeaderField.BACKING_FILE_OFFSET.offset()) != 0) {
      reasons.add(new Reason("backing_file", "Image has a backing file"));
    }
    long features = start.getLong(HeaderField.INCOMPATIBLE_FEATURES.offset());
    if ((features & DATA_FILE) != 0) {
      reasons.add(new Reason("data_file", "Image has data_file set"));
    }
    int version = start.getInt(HeaderField.VERSION.offset());
    if (version != 2 && version != 3) {
      reasons.add(new Reason("unknown_features", "Unsupported qcow2 version"));
    } else if (version == 3 && (features & ~KNOWN_FEATURES) != 0) {
      reasons.add(new Reason("unknown_features", "Unknown QCOW2 features found"));
    }
  }

  /** Which formats it is in, if there are several. */
  private void formats(List<Reason> reasons, String first) throws IOException {
    List<String> formats = new ArrayList<>(List.of(first));
    if (isVdi() && !first.equals("vdi")) {
      formats.add("vdi");
    }
    boolean fat =
        start.get(FAT_COUNT_OFFSET) == 2 && start.get(FAT_MEDIA_OFFSET) == (byte) FAT_FIXED_DISK;
    if (start.getShort(BOOT_SIGNATURE_OFFSET) == BOOT_SIGNATURE && !fat) {
      formats.add("gpt");
    }
    if (isIso()) {
      formats.add("iso");
    }
    if (formats.size() > 1) {
      reasons.add(new Reason("format", "Multiple formats detected: " + String.join(", ", formats)));
    }
  }

  private boolean isVdi() {
    return start.getInt(VDI_MAGIC_OFFSET) == VDI_MAGIC;
  }

  private boolean isIso() throws IOException {
    if (file.size() < ISO_OFFSET + ISO_LENGTH) {
      return false;
    }
    ByteBuffer magic = file.readPadded(ISO_OFFSET + 1L, 5, "magic");
    return ISO_MAGICS.contains(ISO_8859_1.decode(magic).toString());
  }

  private boolean begins(String magic) {
    return ISO_8859_1.decode(start.slice(0, magic.length())).toString().equals(magic);
  }
}
