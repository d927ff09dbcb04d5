package io.github.qcow2tostdout.codec;

import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Decodes compressed clusters, one after the other. */
public final class ClusterDecoder implements AutoCloseable {
  private final Inflater inflater = new Inflater(true);
  private final byte[] input;
  private final byte[] cluster;
  private final boolean zstd;
  private Optional<ZstdDecoder> zstdDecoder = Optional.empty();
  private long consumed;
  private long produced;

  /**
   * A decoder of clusters of one image.
   *
   * @param clusterSize bytes that each of them gives
   * @param maxInput bytes of data that one of them has at most
   * @param zstd whether it is zstd, or else deflate
   */
  public ClusterDecoder(int clusterSize, int maxInput, boolean zstd) {
    cluster = new byte[clusterSize];
    input = new byte[maxInput + ZstdInput.PADDING];
    this.zstd = zstd;
  }

  /** Where the data is to be put. */
  public byte[] input() {
    return input;
  }

  /** The cluster that was decoded last; it holds until the next is. */
  public byte[] cluster() {
    return cluster;
  }

  /** Bytes of data that were read by now, for all clusters together. */
  public long consumed() {
    return consumed;
  }

  /** Bytes that came out by now, of all clusters together. */
  long produced() {
    return produced;
  }

  /**
   * Decodes the data of a cluster.
   *
   * @param length of the data in {@link #input}
   * @throws DamagedDataException if it does not give a cluster
   */
  public void decode(int length) throws DamagedDataException {
    if (zstd) {
      unpack(length);
    } else {
      inflate(length);
    }
  }

  private void unpack(int length) throws DamagedDataException {
    if (zstdDecoder.isEmpty()) {
      zstdDecoder = Optional.of(new ZstdDecoder(cluster));
    }
    ZstdDecoder decoder = zstdDecoder.get();
    ZstdInput data = new ZstdInput(input, 0, length);
    try {
      decoder.decode(data);
    } finally {
      consumed += data.at();
      produced += decoder.produced();
    }
  }

  private void inflate(int length) throws DamagedDataException {
    inflater.reset();
    inflater.setInput(input, 0, length);
    int size = 0;
    try {
      while (size < cluster.length && !inflater.finished() && !inflater.needsInput()) {
        size += inflater.inflate(cluster, size, cluster.length - size);
        if (inflater.needsDictionary()) {
          throw new DamagedDataException("deflate data that wants a dictionary");
        }
      }
    } catch (DataFormatException e) {
      consumed += length;
      throw new DamagedDataException("no deflate data: " + e.getMessage());
    }
    consumed += inflater.getBytesRead();
    produced += size;
    if (size != cluster.length) {
      throw new DamagedDataException("deflate data of " + size + " bytes");
    }
  }

  @Override
  public void close() {
    inflater.end();
  }
}
