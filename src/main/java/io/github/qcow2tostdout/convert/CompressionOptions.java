package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.codec.Encoding;
import io.github.qcow2tostdout.plan.ClusterLengths;

/**
 * How clusters are compressed; but for the encoding nothing of it changes the image.
 *
 * @param encoding that decides the bytes
 * @param threads that compress
 * @param cacheBytes of compressed data that are kept from the first pass for the second
 * @param store for the lengths of clusters, where there are too many for the memory
 */
public record CompressionOptions(
    Encoding encoding, int threads, long cacheBytes, ClusterLengths.Store store) {
  /** Bytes for the lengths of clusters; 2 TiB of clusters of 64 KiB. */
  static final long LENGTHS_IN_MEMORY = 64L << 20;

  public CompressionOptions {
    if (threads < 1 || cacheBytes < 0) {
      throw new IllegalArgumentException(threads + " threads, " + cacheBytes + " bytes");
    }
  }

  /** The same with no cache, for who writes no data. */
  public CompressionOptions keepingNothing() {
    return less(cacheBytes);
  }

  /** The same with less cache, because something else has a part of it. */
  CompressionOptions less(long bytes) {
    return new CompressionOptions(encoding, threads, Math.max(0, cacheBytes - bytes), store);
  }
}
