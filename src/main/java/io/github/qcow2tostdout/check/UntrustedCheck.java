package io.github.qcow2tostdout.check;

import io.github.qcow2tostdout.format.Feature;
import io.github.qcow2tostdout.format.Header;
import io.github.qcow2tostdout.format.HeaderExtension;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.format.Limits;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.Extension;
import io.github.qcow2tostdout.image.HeaderArea;
import io.github.qcow2tostdout.image.OpenedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The questions to ask before a stranger's image is opened: does it make who opens it read other
 * files, and what might it do to the host. Nothing that it names is opened here. They are asked of
 * the header area as it is, since an image that QEMU does not open today it may open tomorrow.
 */
public final class UntrustedCheck {
  /** From this size on a disk is worth a word if its file is much smaller. */
  private static final long LARGE = 1L << 40;

  /** How many times larger than its file a large disk may be. */
  private static final long MAX_RATIO = 1000;

  /** What a size should be. */
  static final String SIZE_EXPECTED =
      "below " + LARGE + " bytes, or at most " + MAX_RATIO + " times the file";

  private final BoundedFile file;
  private final HeaderArea area;
  private final Findings findings;

  private UntrustedCheck(BoundedFile file, HeaderArea area, Findings findings) {
    this.file = file;
    this.area = area;
    this.findings = findings;
  }

  /** The result of a check, with what is to be known besides. */
  public static CheckResult find(OpenedImage image, CheckResult result) throws IOException {
    Findings findings = new Findings();
    new UntrustedCheck(image.file(), image.area(), findings).ask();
    return result.with(findings);
  }

  /**
   * The result for an image that could not be checked: what is to be known of it all the same.
   *
   * @param refused why
   */
  public static CheckResult ofRefused(BoundedFile file, ImageException refused) throws IOException {
    Findings findings = new Findings();
    findings.add(
        Finding.of(
            FindingKind.NOT_OPENED, "image", refused.fact(), "an image that can be checked"));
    new UntrustedCheck(file, HeaderArea.read(file), findings).ask();
    return new CheckResult(0, 0, 0, 0, 0, findings.list());
  }

  private void ask() throws IOException {
    names();
    features();
    extensions();
    fields();
    content();
  }

  private long get(HeaderField field) {
    return area.header().get(field);
  }

  private void names() {
    long backing = get(HeaderField.BACKING_FILE_OFFSET);
    String backingName =
        area.backingFile().orElse("a name at byte " + Long.toUnsignedString(backing));
    // A name without a letter is none.
    if (backing != 0 && !backingName.isEmpty()) {
      add(
          FindingKind.UNTRUSTED_BACKING_FILE,
          HeaderField.BACKING_FILE_OFFSET,
          backingName,
          "no backing file");
    }
    Optional<Extension> name = area.extension(HeaderExtension.DATA_FILE_NAME);
    if (name.isPresent()) {
      findings.add(
          Finding.at(
              FindingKind.UNTRUSTED_DATA_FILE,
              "header extension " + name.get().typeName(),
              name.get().offset(),
              name.get().text(),
              "no external data file"));
    } else if (Feature.DATA_FILE.isSetIn(area.header())) {
      add(
          FindingKind.UNTRUSTED_DATA_FILE,
          HeaderField.INCOMPATIBLE_FEATURES,
          "an external data file without a name",
          "no external data file");
    }
  }

  private void features() {
    if (get(HeaderField.CRYPT_METHOD) != 0) {
      add(
          FindingKind.UNTRUSTED_ENCRYPTION,
          HeaderField.CRYPT_METHOD,
          Long.toString(get(HeaderField.CRYPT_METHOD)),
          "0");
    }
    for (Feature.Kind kind : Feature.Kind.values()) {
      long unknown = get(kind.field()) & ~kind.knownBits();
      if (unknown != 0) {
        add(
            FindingKind.UNTRUSTED_FEATURE,
            kind.field(),
            "unknown bits " + Long.toHexString(unknown),
            "none");
      }
    }
  }

  private void extensions() {
    for (Extension extension : area.extensions()) {
      if (extension.knownType().isEmpty()) {
        findings.add(
            Finding.at(
                FindingKind.UNTRUSTED_FEATURE,
                "header extension",
                extension.offset(),
                String.format("unknown type %08x", extension.type()),
                "none"));
      }
    }
  }

  /** Fields that came after what this program knows; zero is as if they were not there. */
  private void fields() throws IOException {
    long end = get(HeaderField.HEADER_LENGTH);
    long clusterSize = area.header().clusterBitsFit() ? 1L << get(HeaderField.CLUSTER_BITS) : 0;
    if (end > Header.V3_LENGTH && end <= clusterSize) {
      int known = Header.V3_LENGTH;
      ByteBuffer more = file.readPadded(known, (int) end - known, "additional header fields");
      int at = more.mismatch(ByteBuffer.allocate(more.remaining()));
      if (at >= 0) {
        findings.add(
            Finding.at(
                FindingKind.UNTRUSTED_FEATURE,
                "header, fields from byte " + known + " on",
                known + at,
                String.format("unknown field, not zero: %02x", more.get(at)),
                "none, or zeroes"));
      }
    }
  }

  private void content() {
    if (get(HeaderField.NB_SNAPSHOTS) != 0) {
      add(
          FindingKind.UNTRUSTED_SNAPSHOTS,
          HeaderField.NB_SNAPSHOTS,
          Long.toString(get(HeaderField.NB_SNAPSHOTS)),
          "0");
    }
    long size = get(HeaderField.SIZE);
    if (isExcessive(size, file)) {
      add(FindingKind.UNTRUSTED_SIZE, HeaderField.SIZE, sizeFound(size, file), SIZE_EXPECTED);
    }
  }

  /** Whether a disk is much larger than its file; its size is unsigned. */
  static boolean isExcessive(long diskSize, BoundedFile file) {
    long most = Math.max(file.size(), Limits.SECTOR_SIZE);
    return Long.compareUnsigned(diskSize, LARGE) >= 0
        && Long.compareUnsigned(Long.divideUnsigned(diskSize, MAX_RATIO), most) > 0;
  }

  /** The same in words. */
  static String sizeFound(long diskSize, BoundedFile file) {
    return Long.toUnsignedString(diskSize) + " bytes in a file of " + file.size();
  }

  private void add(FindingKind kind, HeaderField field, String found, String expected) {
    findings.add(Finding.at(kind, "header, " + field.specName(), field.offset(), found, expected));
  }
}
