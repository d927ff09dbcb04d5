package io.github.qcow2tostdout.check;

import io.github.qcow2tostdout.codec.ClusterDecoder;
import io.github.qcow2tostdout.codec.DamagedDataException;
import io.github.qcow2tostdout.codec.DecodeBudget;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.DecodedClusters;
import io.github.qcow2tostdout.image.OpenedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Decodes the compressed clusters of the disk and of snapshots, each once, and passes all on. The
 * first that is not decoded and all behind it are a finding.
 */
final class DeepCheck implements References, AutoCloseable {
  private final OpenedImage image;
  private final References next;
  private final Findings findings;
  private final ClusterDecoder decoder;
  private final boolean encrypted;

  /** What was decoded for the disk, so that it is not decoded for a snapshot again. */
  private final Optional<OffsetSet> decoded;

  private final DecodeBudget budget;

  DeepCheck(OpenedImage image, References next, Findings findings) {
    this.image = image;
    this.next = next;
    this.findings = findings;
    decoder = new ClusterDecoder(image.clusterSize(), BoundedFile.MAX_READ, image.isZstd());
    encrypted = image.get(HeaderField.CRYPT_METHOD) != 0;
    decoded =
        image.get(HeaderField.NB_SNAPSHOTS) == 0 ? Optional.empty() : Optional.of(new OffsetSet());
    budget = new DecodeBudget(image.clusterSize(), "the file's size");
  }

  @Override
  public void region(Structure structure, long number, long offset, long length, long weight) {
    next.region(structure, number, offset, length, weight);
    // What lies further out is a finding already.
    boolean nearFile = offset < image.fileEnd() + image.clusterSize();
    if (!structure.isCompressed() || !nearFile) {
      return;
    }
    Optional<String> refusal =
        encrypted
            ? Optional.of("data of an encrypted disk")
            : budget.exceeded(decoder, image.file().size());
    if (refusal.isPresent()) {
      notDecoded(structure, number, offset, refusal.get());
    } else if (decoded.isEmpty() || decoded.get().add(offset)) {
      decode(structure, number, offset, (int) Math.min(length, BoundedFile.MAX_READ));
    }
  }

  @Override
  public void clusters(Structure structure, long number, long offset, long count, long weight) {
    next.clusters(structure, number, offset, count, weight);
  }

  @Override
  public void partial(Structure structure, long number, long offset, long used, long weight) {
    next.partial(structure, number, offset, used, weight);
  }

  private void notDecoded(Structure structure, long number, long offset, String found) {
    findings.add(
        FindingKind.NOT_DECODED,
        1,
        () ->
            Finding.at(
                FindingKind.NOT_DECODED,
                structure.name(number),
                offset,
                found,
                "data that can be decoded"));
  }

  private void decode(Structure structure, long number, long offset, int length) {
    if (image.file().decoded().isPresent()) {
      takeOver(image.file().decoded().get(), structure, number, offset, length);
      return;
    }
    try {
      // The last sector may lie behind the end of the file; QEMU takes zeroes for it.
      image
          .file()
          .readPadded(
              offset, ByteBuffer.wrap(decoder.input(), 0, length).slice(), "compressed cluster");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      decoder.decode(length);
    } catch (DamagedDataException e) {
      undecodable(structure, number, offset, String.valueOf(e.getMessage()));
    }
  }

  /** What was decoded when it went by. */
  private void takeOver(
      DecodedClusters stream, Structure structure, long number, long offset, int length) {
    String problem = stream.problems().get(new DecodedClusters.Place(offset, length));
    if (problem != null) {
      undecodable(structure, number, offset, problem);
    } else if (offset >= stream.stoppedAt()) {
      notDecoded(structure, number, offset, stream.stopReason().orElse(""));
    }
  }

  private void undecodable(Structure structure, long number, long offset, String found) {
    findings.add(
        FindingKind.UNDECODABLE,
        1,
        () ->
            Finding.at(
                FindingKind.UNDECODABLE,
                structure.name(number),
                offset,
                found,
                image.clusterSize() + " bytes of data"));
  }

  @Override
  public void close() {
    decoder.close();
  }
}
