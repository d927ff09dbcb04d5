package io.github.qcow2tostdout.inspect;

import io.github.qcow2tostdout.format.HeaderField;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decodes the compressed clusters of the disk and of snapshots, each once, and passes all on. The
 * first that is not decoded and all behind it are a finding.
 */
final class DeepCheck implements References, AutoCloseable {
  /** How many times more data than the file has may be decoded. It is there to end some day. */
  private static final long MAX_RATIO = 64;

  /** What may be decoded of any image: seconds, also of zeroes that take up next to nothing. */
  private static final long MIN_OUTPUT = 1 << 30;

  private final OpenedImage image;
  private final References next;
  private final Findings findings;
  private final Inflater inflater = new Inflater(true);
  private final byte[] data = new byte[BoundedFile.MAX_READ + ZstdInput.PADDING];
  private final byte[] cluster;
  private final boolean zstd;
  private final boolean encrypted;

  /** What was decoded for the disk, so that it is not decoded for a snapshot again. */
  private final Optional<OffsetSet> decoded;

  private Optional<ZstdDecoder> zstdDecoder = Optional.empty();

  /** Bytes that may still be read: in an honest image none belongs to two clusters. */
  private long inputBudget;

  /** Bytes that may still come out. */
  private long outputBudget;

  DeepCheck(OpenedImage image, References next, Findings findings) {
    this.image = image;
    this.next = next;
    this.findings = findings;
    cluster = new byte[image.clusterSize()];
    zstd = image.get(HeaderField.COMPRESSION_TYPE) != 0;
    encrypted = image.get(HeaderField.CRYPT_METHOD) != 0;
    decoded =
        image.get(HeaderField.NB_SNAPSHOTS) == 0 ? Optional.empty() : Optional.of(new OffsetSet());
    inputBudget = image.file().size() + image.clusterSize();
    long size = Math.min(image.file().size(), Long.MAX_VALUE / MAX_RATIO);
    outputBudget = Math.max(MIN_OUTPUT, size * MAX_RATIO);
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
    } else if (inputBudget <= 0 || outputBudget <= 0) {
      notDecoded(
          structure,
          number,
          offset,
          inputBudget <= 0
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
    try {
      // The last sector may lie behind the end of the file; QEMU takes zeroes for it.
      image
          .file()
          .readPadded(offset, ByteBuffer.wrap(data, 0, length).slice(), "compressed cluster");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      if (zstd) {
        unpack(length);
      } else {
        inflate(length);
      }
    } catch (DamagedDataException e) {
      findings.add(
          FindingKind.UNDECODABLE,
          1,
          () ->
              Finding.at(
                  FindingKind.UNDECODABLE,
                  structure.name(number),
                  offset,
                  String.valueOf(e.getMessage()),
                  cluster.length + " bytes of data"));
    }
  }

  private void unpack(int length) throws DamagedDataException {
    if (zstdDecoder.isEmpty()) {
      zstdDecoder = Optional.of(new ZstdDecoder(cluster));
    }
    ZstdDecoder decoder = zstdDecoder.get();
    ZstdInput input = new ZstdInput(data, 0, length);
    try {
      decoder.decode(input);
    } finally {
      inputBudget -= input.at();
      outputBudget -= decoder.produced();
    }
  }

  private void inflate(int length) throws DamagedDataException {
    inflater.reset();
    inflater.setInput(data, 0, length);
    int produced = 0;
    try {
      while (produced < cluster.length && !inflater.finished() && !inflater.needsInput()) {
        produced += inflater.inflate(cluster, produced, cluster.length - produced);
        if (inflater.needsDictionary()) {
          throw new DamagedDataException("deflate data that wants a dictionary");
        }
      }
    } catch (DataFormatException e) {
      inputBudget -= length;
      throw new DamagedDataException("no deflate data: " + e.getMessage());
    }
    inputBudget -= inflater.getBytesRead();
    outputBudget -= produced;
    if (produced != cluster.length) {
      throw new DamagedDataException("deflate data of " + produced + " bytes");
    }
  }

  @Override
  public void close() {
    inflater.end();
  }
}
