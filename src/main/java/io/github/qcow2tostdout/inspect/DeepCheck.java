package io.github.qcow2tostdout.inspect;

import io.github.qcow2tostdout.format.HeaderField;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decodes the compressed clusters of the disk, and passes all on. Deflate is decoded in full; of
 * zstd the frames and blocks are followed.
 */
final class DeepCheck implements References, AutoCloseable {
  private final OpenedImage image;
  private final References next;
  private final Findings findings;
  private final Inflater inflater = new Inflater(true);
  private final byte[] cluster;
  private final boolean zstd;
  private final boolean encrypted;

  /** Bytes that may still be decoded: in an honest image none belongs to two clusters. */
  private long budget;

  DeepCheck(OpenedImage image, References next, Findings findings) {
    this.image = image;
    this.next = next;
    this.findings = findings;
    cluster = new byte[image.clusterSize()];
    zstd = image.get(HeaderField.COMPRESSION_TYPE) != 0;
    encrypted = image.get(HeaderField.CRYPT_METHOD) != 0;
    budget = image.file().size() + image.clusterSize();
  }

  @Override
  public void region(Structure structure, long number, long offset, long length, long weight) {
    next.region(structure, number, offset, length, weight);
    boolean inFile = offset < image.file().size();
    if (structure == Structure.COMPRESSED && inFile && !encrypted && budget > 0) {
      decode(number, offset, length);
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

  private void decode(long guestOffset, long offset, long length) {
    ByteBuffer data;
    try {
      // The last sector may lie behind the end of the file; QEMU takes zeroes for it.
      int size = (int) Math.min(length, BoundedFile.MAX_READ);
      data = image.file().readPadded(offset, size, "compressed cluster");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Optional<String> problem = zstd ? ZstdFrames.check(data, cluster.length) : inflate(data);
    if (zstd) {
      budget -= data.position();
    }
    if (problem.isPresent()) {
      findings.add(
          Finding.at(
              FindingKind.UNDECODABLE,
              Structure.COMPRESSED.name(guestOffset),
              offset,
              problem.get(),
              cluster.length + " bytes of data"));
    }
  }

  private Optional<String> inflate(ByteBuffer data) {
    int size = data.remaining();
    inflater.reset();
    inflater.setInput(data);
    int produced = 0;
    try {
      while (produced < cluster.length && !inflater.finished() && !inflater.needsInput()) {
        produced += inflater.inflate(cluster, produced, cluster.length - produced);
        if (inflater.needsDictionary()) {
          return Optional.of("deflate data that wants a dictionary");
        }
      }
    } catch (DataFormatException e) {
      budget -= size;
      return Optional.of("no deflate data: " + e.getMessage());
    }
    budget -= inflater.getBytesRead();
    return produced == cluster.length
        ? Optional.empty()
        : Optional.of("deflate data of " + produced + " bytes");
  }

  @Override
  public void close() {
    inflater.end();
  }
}
