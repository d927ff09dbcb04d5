package io.github.qcow2tostdout.inspect;

import io.github.qcow2tostdout.format.Feature;
import io.github.qcow2tostdout.format.HeaderExtension;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.Limits;
import java.util.List;
import java.util.Optional;

/**
 * The questions to ask before a stranger's image is opened: does it make who opens it read other
 * files, and what might it do to the host. Nothing that it names is opened here.
 */
public final class UntrustedCheck {
  /** From this size on a disk is worth a word if its file is much smaller. */
  private static final long LARGE = 1L << 40;

  /** How many times larger than its file a large disk may be. */
  private static final long MAX_RATIO = 1000;

  private final OpenedImage image;
  private final Findings findings;

  private UntrustedCheck(OpenedImage image, Findings findings) {
    this.image = image;
    this.findings = findings;
  }

  /** Adds what is to be known to the findings of a check. */
  public static void find(OpenedImage image, CheckResult result) {
    UntrustedCheck check = new UntrustedCheck(image, result.findings());
    check.names();
    check.features();
    check.content();
  }

  private void names() {
    if (image.get(HeaderField.BACKING_FILE_OFFSET) != 0) {
      add(
          FindingKind.UNTRUSTED_BACKING_FILE,
          HeaderField.BACKING_FILE_OFFSET,
          image.area().backingFile().orElse(""),
          "no backing file");
    }
    Optional<Extension> name = image.area().extension(HeaderExtension.DATA_FILE_NAME);
    if (name.isPresent()) {
      findings.add(
          Finding.at(
              FindingKind.UNTRUSTED_DATA_FILE,
              "header extension " + name.get().typeName(),
              name.get().offset(),
              name.get().text(),
              "no external data file"));
    }
  }

  private void features() {
    if (image.get(HeaderField.CRYPT_METHOD) != 0) {
      add(
          FindingKind.UNTRUSTED_ENCRYPTION,
          HeaderField.CRYPT_METHOD,
          Long.toString(image.get(HeaderField.CRYPT_METHOD)),
          "0");
    }
    for (Feature.Kind kind : List.of(Feature.Kind.COMPATIBLE, Feature.Kind.AUTOCLEAR)) {
      long unknown = image.get(kind.field()) & ~kind.knownBits();
      if (unknown != 0) {
        add(
            FindingKind.UNTRUSTED_FEATURE,
            kind.field(),
            "unknown bits " + Long.toHexString(unknown),
            "none");
      }
    }
    for (Extension extension : image.area().extensions()) {
      if (extension.typeName().equals("<unknown>")) {
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

  private void content() {
    if (image.get(HeaderField.NB_SNAPSHOTS) != 0) {
      add(
          FindingKind.UNTRUSTED_SNAPSHOTS,
          HeaderField.NB_SNAPSHOTS,
          Long.toString(image.get(HeaderField.NB_SNAPSHOTS)),
          "0");
    }
    long size = image.diskSize();
    if (size >= LARGE && size / MAX_RATIO > Math.max(image.file().size(), Limits.SECTOR_SIZE)) {
      add(
          FindingKind.UNTRUSTED_SIZE,
          HeaderField.SIZE,
          size + " bytes in a file of " + image.file().size(),
          "below " + LARGE + " bytes, or at most " + MAX_RATIO + " times the file");
    }
  }

  private void add(FindingKind kind, HeaderField field, String found, String expected) {
    findings.add(Finding.at(kind, "header, " + field.specName(), field.offset(), found, expected));
  }
}
