package io.github.qcow2tostdout.inspect;

import io.github.qcow2tostdout.format.HeaderField;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Decodes the compressed clusters of the disk and of snapshots, each once, and passes all on. The
 * first that is not decoded and all behind it are a finding.
 */
final class DeepCheck implements References, AutoCloseable {
  /** How many times more data than the file has may be decoded. It is there to end some day. */
  static final long MAX_RATIO = 64;

  /** What may be decoded of any image: seconds, also of zeroes that take up next to nothing. */
  private static final long MIN_OUTPUT = 1 << 30;

  private final OpenedImage image;
  private final References next;
  private final Findings findings;
  private final ClusterDecoder decoder;
  private final boolean encrypted;

  /** What was decoded for the disk, so that it is not decoded for a snapshot again. */
  private final Optional<OffsetSet> decoded;

  /** Bytes that may be read: in an honest image none belongs to two clusters. */
  private final long maxInput;

  /** Bytes that may come out. */
  private final long maxOutput;

  DeepCheck(OpenedImage image, References next, Findings findings) {
    this.image = image;
    this.next = next;
    this.findings = findings;
    decoder = new ClusterDecoder(image);
    encrypted = image.get(HeaderField.CRYPT_METHOD) != 0;
    decoded =
        image.get(HeaderField.NB_SNAPSHOTS) == 0 ? Optional.empty() : Optional.of(new OffsetSet());
    maxInput = image.file().size() + image.clusterSize();
    maxOutput = maxOutput(image.file().size());
  }

  /** How many bytes may come out of compressed data in a file of that size. */
  static long maxOutput(long fileSize) {
    return Math.max(MIN_OUTPUT, Math.min(fileSize, Long.MAX_VALUE / MAX_RATIO) * MAX_RATIO);
  }

  @Override
  public void region(Structure structure, long number, long offset, long length, long weight) {
    next.region(structure, number, offset, length, weight);
    // What lies further out is a finding already.
    boolean nearFile = offset < image.fileEnd() + image.clusterSize();
    if (!structure.isCompressed() || !nearFile) {
      return;
    }
    if (encrypted) {
      notDecoded(structure, number, offset, "data of an encrypted disk");
    } else if (decoder.consumed() >= maxInput || decoder.produced() >= maxOutput) {
      notDecoded(
          structure,
          number,
          offset,
          decoder.consumed() >= maxInput
              ? "more compressed data than the file has bytes"
              : "compressed data that decodes to more than "
                  + MAX_RATIO
                  + " times the file's size");
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
