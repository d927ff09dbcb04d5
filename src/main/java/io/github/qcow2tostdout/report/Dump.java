package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.HeaderArea;
import io.github.qcow2tostdout.image.HeaderValidity;
import io.github.qcow2tostdout.image.Validity;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.OptionalLong;

/** Writes an image's metadata. What can't be read is said at its place, and the rest goes on. */
public final class Dump {
  private final BoundedFile file;
  private final DumpParts parts;
  private final OptionalLong at;
  private final Problems problems = new Problems();

  public Dump(BoundedFile file, DumpParts parts) {
    this(file, parts, OptionalLong.empty());
  }

  /**
   * A dump that also says where a byte of the disk is.
   *
   * @param at offset of the byte on the disk
   */
  public Dump(BoundedFile file, DumpParts parts, OptionalLong at) {
    this.file = file;
    this.parts = parts;
    this.at = at;
  }

  /**
   * Writes the dump.
   *
   * @return what could not be read
   * @throws ImageException.NotQcow2 if the file is something else; then nothing is written
   * @throws ReportException if the dump could not be written
   */
  public Problems write(WritableByteChannel out, boolean json) throws IOException {
    HeaderArea area = HeaderArea.read(file);
    ReportOutput output = new ReportOutput(out);
    DumpView view = json ? new JsonDump(output, parts) : new TextDump(output, parts);
    Target target = new Target(file, area.header(), view, problems);
    HeaderValidity validity = new HeaderValidity(area.header(), file.size());
    view.begin(file);
    boolean isCut = file.size() < area.headerLength();
    if (isCut) {
      target.problem("header", 0, "the file ends in it, at byte " + file.size());
    }
    if (parts.header()) {
      view.header(area, HeaderFormat.known(area, file.size()), validity);
    }
    if (!isCut) {
      behindHeader(target, area, validity);
    }
    view.end(problems);
    return problems;
  }

  private void behindHeader(Target target, HeaderArea area, HeaderValidity validity)
      throws IOException {
    if (parts.anyExtension()) {
      new ExtensionSection(target, area, parts).show();
    }
    if (parts.everything() && area.backingFile().isPresent()) {
      target
          .view()
          .backingFile(
              area.header().get(HeaderField.BACKING_FILE_OFFSET),
              area.backingFile().get(),
              validity.of(HeaderField.BACKING_FILE_SIZE));
    }
    if (!parts.tables() && !parts.locations() && at.isEmpty()) {
      // Only they depend on the cluster size.
    } else if (area.header().clusterBitsFit()) {
      if (at.isPresent()) {
        new GuestOffsetSection(target, at.getAsLong()).show();
      }
      if (parts.tables()) {
        tables(target);
      }
      if (parts.locations()) {
        new LocationSection(target, area, parts.tables()).show();
      }
    } else {
      target.problem(
          "header",
          HeaderField.CLUSTER_BITS.offset(),
          "cluster_bits is "
              + area.header().get(HeaderField.CLUSTER_BITS)
              + "; without a cluster size no table can be read");
    }
  }

  private void tables(Target target) throws IOException {
    if (parts.refcounts()) {
      new RefcountSection(target).show();
    }
    MappingSection mapping = new MappingSection(target, parts);
    mapping.show(
        "L1 table",
        target.header().get(HeaderField.L1_TABLE_OFFSET),
        target.header().get(HeaderField.L1_SIZE));
    if (parts.snapshots()) {
      new SnapshotSection(target, mapping).show();
    }
  }

  /** Whether the first byte of something lies in the file. */
  static Validity inFile(Target target, long offset, long size) {
    return Validity.of(
        offset >= 0
            && size >= 0
            && offset < target.fileSize()
            // As QEMU: a file may end in the middle of a cluster.
            && size - (target.fileSize() - offset) < target.clusterSize());
  }
}
