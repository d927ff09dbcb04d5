package io.github.qcow2tostdout.check;

import io.github.qcow2tostdout.format.Feature;
import io.github.qcow2tostdout.format.Header;
import io.github.qcow2tostdout.format.HeaderExtension;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.Limits;
import io.github.qcow2tostdout.format.SnapshotField;
import io.github.qcow2tostdout.image.BitmapEntry;
import io.github.qcow2tostdout.image.BitmapRules;
import io.github.qcow2tostdout.image.Extension;
import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.image.Snapshot;
import io.github.qcow2tostdout.image.SnapshotTable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/** The state of an image that its header tells, and where it is looser than the specification. */
final class SpecWarnings {
  private static final long NANOS = 1_000_000_000;

  private final OpenedImage image;
  private final Header header;
  private final Findings findings;

  private SpecWarnings(OpenedImage image, Findings findings) {
    this.image = image;
    this.header = image.header();
    this.findings = findings;
  }

  static void find(OpenedImage image, SnapshotTable snapshots, Findings findings)
      throws IOException {
    SpecWarnings warnings = new SpecWarnings(image, findings);
    warnings.features();
    warnings.layout();
    warnings.extensions();
    warnings.bitmaps();
    for (Snapshot snapshot : snapshots.snapshots()) {
      if (snapshot.get(SnapshotField.DATE_NSEC) >= NANOS) {
        findings.add(
            FindingKind.SNAPSHOT_DATE,
            1,
            () ->
                Finding.at(
                    FindingKind.SNAPSHOT_DATE,
                    snapshot.title(),
                    snapshot.offset(),
                    snapshot.get(SnapshotField.DATE_NSEC) + " nanoseconds",
                    "less than " + NANOS));
      }
    }
  }

  private void features() {
    if (Feature.DIRTY.isSetIn(header)) {
      header(FindingKind.DIRTY_BIT, HeaderField.INCOMPATIBLE_FEATURES, "bit 0 is 0");
    }
    if (Feature.CORRUPT.isSetIn(header)) {
      header(FindingKind.CORRUPT_BIT, HeaderField.INCOMPATIBLE_FEATURES, "bit 1 is 0");
    }
    HeaderField autoclear = HeaderField.AUTOCLEAR_FEATURES;
    long unknown = header.get(autoclear) & ~Feature.Kind.AUTOCLEAR.knownBits();
    if (unknown != 0) {
      findings.add(
          Finding.at(
              FindingKind.UNKNOWN_AUTOCLEAR_BITS,
              "header, " + autoclear.specName(),
              autoclear.offset(),
              "unknown bits " + Long.toHexString(unknown),
              "only bits 0 and 1"));
    }
  }

  private void layout() throws IOException {
    long length = header.get(HeaderField.HEADER_LENGTH);
    if (length % 8 != 0) {
      header(FindingKind.HEADER_LENGTH_ODD, HeaderField.HEADER_LENGTH, "a multiple of 8");
    }
    if (length >= Header.V3_LENGTH) {
      int from = HeaderField.COMPRESSION_TYPE.offset() + 1;
      ByteBuffer padding =
          image.file().readPadded(from, Header.V3_LENGTH - from, "padding of the header");
      while (padding.hasRemaining()) {
        int at = from + padding.position();
        byte value = padding.get();
        if (value != 0) {
          findings.add(
              Finding.at(
                  FindingKind.HEADER_PADDING, "header", at, String.format("%02x", value), "00"));
          break;
        }
      }
    }
    if (header.get(HeaderField.SIZE) % Limits.SECTOR_SIZE != 0) {
      header(FindingKind.SIZE_NOT_IN_SECTORS, HeaderField.SIZE, "a multiple of 512");
    }
    long backing = header.get(HeaderField.BACKING_FILE_OFFSET);
    if (backing > 0 && backing < length) {
      header(
          FindingKind.BACKING_NAME_IN_HEADER,
          HeaderField.BACKING_FILE_OFFSET,
          "at least " + length);
    }
  }

  private void extensions() {
    Set<Integer> types = new HashSet<>();
    for (Extension extension : image.area().extensions()) {
      if (!types.add(extension.type())) {
        findings.add(
            Finding.at(
                FindingKind.DUPLICATE_EXTENSION,
                "header extension " + extension.typeName(),
                extension.offset(),
                String.format("%08x again", extension.type()),
                "each type once"));
      }
      boolean format = extension.type() == HeaderExtension.BACKING_FORMAT;
      if (format && header.get(HeaderField.BACKING_FILE_OFFSET) == 0) {
        findings.add(
            Finding.at(
                FindingKind.BACKING_FORMAT_WITHOUT_FILE,
                "header extension " + extension.typeName(),
                extension.offset(),
                extension.text(),
                "a backing file"));
      }
    }
    boolean flagged = Feature.BITMAPS.isSetIn(header);
    boolean present = types.contains(HeaderExtension.BITMAPS);
    if (flagged && !present) {
      header(
          FindingKind.BITMAPS_BIT_WITHOUT_EXTENSION,
          HeaderField.AUTOCLEAR_FEATURES,
          "a bitmaps extension");
    }
    if (!flagged && present) {
      header(FindingKind.BITMAPS_INCONSISTENT, HeaderField.AUTOCLEAR_FEATURES, "bit 0 is 1");
    }
  }

  private void bitmaps() throws IOException {
    if (image.bitmaps().isEmpty()) {
      return;
    }
    for (BitmapEntry bitmap : image.bitmaps().get().bitmaps()) {
      if (BitmapRules.isInUse(bitmap)) {
        findings.add(
            Finding.at(
                FindingKind.BITMAP_IN_USE,
                "bitmap " + bitmap.title(),
                bitmap.offset(),
                "flag in_use",
                "not in use"));
      }
      try {
        StandardCharsets.UTF_8.newDecoder().decode(bitmap.nameBytes());
      } catch (CharacterCodingException e) {
        findings.add(
            Finding.at(
                FindingKind.BITMAP_NAME_NOT_UTF8,
                "bitmap " + bitmap.title(),
                bitmap.offset(),
                bitmap.title(),
                "UTF-8"));
      }
    }
  }

  private void header(FindingKind kind, HeaderField field, String expected) {
    findings.add(
        Finding.at(
            kind,
            "header, " + field.specName(),
            field.offset(),
            Long.toUnsignedString(header.get(field)),
            expected));
  }
}
