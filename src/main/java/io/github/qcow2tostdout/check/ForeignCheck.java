package io.github.qcow2tostdout.check;

import io.github.qcow2tostdout.foreign.ForeignHeader;
import io.github.qcow2tostdout.foreign.ImageBytes;
import io.github.qcow2tostdout.foreign.KnownFormat;
import io.github.qcow2tostdout.foreign.NamedFile;
import io.github.qcow2tostdout.image.BoundedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The questions of {@link UntrustedCheck} to an image of another format, of which nothing else is
 * checked.
 *
 * @param format what QEMU calls it
 * @param result nothing but findings
 */
public record ForeignCheck(String format, CheckResult result) {
  private static final String QCOW2 = "qcow2";

  /** Asks them; empty if the file is a qcow2 image, or of no format whose header is known here. */
  public static Optional<ForeignCheck> of(BoundedFile file) throws IOException {
    Optional<String> format = format(file);
    if (format.isEmpty() || format.get().equals(QCOW2) || !ForeignHeader.isRead(format.get())) {
      return Optional.empty();
    }
    ForeignHeader header = ForeignHeader.read(format.get(), new Bytes(file));
    Findings findings = new Findings();
    findings.add(
        Finding.of(FindingKind.FOREIGN_FORMAT, "image", format.get() + " image", "qcow2 image"));
    for (NamedFile named : header.files()) {
      boolean backing = named.role() == NamedFile.Role.BACKING;
      findings.add(
          Finding.at(
              backing ? FindingKind.UNTRUSTED_BACKING_FILE : FindingKind.UNTRUSTED_DATA_FILE,
              format.get() + " image, " + named.role().words(),
              named.offset(),
              named.name(),
              backing ? "no backing file" : "no other file"));
    }
    if (header.encrypted()) {
      findings.add(
          Finding.of(
              FindingKind.UNTRUSTED_ENCRYPTION, format.get() + " image", "encrypted", "plain"));
    }
    if (header.problem().isPresent()) {
      findings.add(
          Finding.of(
              FindingKind.UNTRUSTED_FEATURE,
              format.get() + " image",
              header.problem().get(),
              "an image that QEMU reads"));
    }
    if (header.diskSize().isPresent()
        && UntrustedCheck.isExcessive(header.diskSize().getAsLong(), file)) {
      findings.add(
          Finding.of(
              FindingKind.UNTRUSTED_SIZE,
              format.get() + " image",
              UntrustedCheck.sizeFound(header.diskSize().getAsLong(), file),
              UntrustedCheck.SIZE_EXPECTED));
    }
    return Optional.of(
        new ForeignCheck(format.get(), new CheckResult(0, 0, 0, 0, 0, findings.list())));
  }

  private static Optional<String> format(BoundedFile file) throws IOException {
    Optional<KnownFormat> known = start(file);
    return known.isPresent() ? known.map(KnownFormat::formatName) : end(file);
  }

  /** What a file begins like. */
  public static Optional<KnownFormat> start(BoundedFile file) throws IOException {
    return KnownFormat.of(part(file, 0));
  }

  /** What QEMU calls the format that a file ends like. */
  public static Optional<String> end(BoundedFile file) throws IOException {
    return KnownFormat.ofLast(part(file, Math.max(0, file.size() - KnownFormat.START)));
  }

  private static ByteBuffer part(BoundedFile file, long offset) throws IOException {
    int length = (int) Math.min(KnownFormat.START, file.size());
    return file.readPadded(offset, length, "magic").position(length);
  }

  /** A file for the parsers of headers. */
  public record Bytes(BoundedFile file) implements ImageBytes {
    @Override
    public long size() {
      return file.size();
    }

    @Override
    public ByteBuffer read(long offset, int length) throws IOException {
      return file.readPadded(offset, length, "header");
    }
  }
}
