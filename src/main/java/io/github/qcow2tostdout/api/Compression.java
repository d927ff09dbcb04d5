package io.github.qcow2tostdout.api;

import io.github.qcow2tostdout.codec.Encoding;

/**
 * How clusters are to be compressed.
 *
 * @param method which decides, with the level, the image
 * @param level how hard, 1 to {@link CompressionMethod#maxLevel()}
 * @param threads that compress; the image is the same
 */
public record Compression(CompressionMethod method, int level, int threads) {
  private static final int MAX_THREADS = 256;

  /**
   * @throws IllegalArgumentException if a number is out of its bounds
   */
  public Compression {
    if (level < 1 || level > method.maxLevel()) {
      throw new IllegalArgumentException("level " + level + " of " + method);
    }
    if (threads < 1 || threads > MAX_THREADS) {
      throw new IllegalArgumentException("threads " + threads);
    }
  }

  /** By zlib, at its usual level, by a thread for each processor. */
  public static Compression zlib() {
    return of(CompressionMethod.ZLIB);
  }

  /** By zstd, at its usual level, by a thread for each processor. */
  public static Compression zstd() {
    return of(CompressionMethod.ZSTD);
  }

  private static Compression of(CompressionMethod method) {
    int processors = Runtime.getRuntime().availableProcessors();
    return new Compression(method, method.defaultLevel(), Math.min(processors, MAX_THREADS));
  }

  /** The same with another level. */
  public Compression withLevel(int other) {
    return new Compression(method, other, threads);
  }

  /** The same with so many threads. */
  public Compression withThreads(int other) {
    return new Compression(method, level, other);
  }

  Encoding encoding() {
    return new Encoding(method == CompressionMethod.ZSTD, level, false);
  }
}
