package io.github.qcow2tostdout.codec;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * Which encoder with which settings. Two of the same identity give the same bytes.
 *
 * @param zstd whether it is zstd, or else deflate
 * @param level how hard it tries, {@link #lowest} to {@link #highest}
 * @param smallWindow whether no distance is above 4096: some readers inflate with no more than that
 */
public record Encoding(boolean zstd, int level, boolean smallWindow) {
  private static final int DEFAULT_DEFLATE_LEVEL = 1;
  private static final int DEFAULT_SMALL_WINDOW_LEVEL = 6;
  private static final int DEFAULT_ZSTD_LEVEL = 3;

  public Encoding {
    if (zstd && smallWindow) {
      throw new IllegalArgumentException("zstd has no window of deflate");
    }
    if (level < lowest() || level > highest(zstd, smallWindow)) {
      throw new IllegalArgumentException("level " + level);
    }
  }

  /** The lowest level that every encoder has. */
  public static int lowest() {
    return 1;
  }

  /** The highest level. */
  public static int highest(boolean zstd, boolean smallWindow) {
    return zstd ? ZstdEncoder.MAX_LEVEL : smallWindow ? 9 : 12;
  }

  /** The level that is taken unless another is wanted: the one that is worth its time. */
  public static int defaultLevel(boolean zstd, boolean smallWindow) {
    return zstd
        ? DEFAULT_ZSTD_LEVEL
        : smallWindow ? DEFAULT_SMALL_WINDOW_LEVEL : DEFAULT_DEFLATE_LEVEL;
  }

  /** An encoding with a level, or with the usual one. */
  public static Encoding of(boolean zstd, boolean smallWindow, OptionalInt level) {
    return new Encoding(zstd, level.orElse(defaultLevel(zstd, smallWindow)), smallWindow);
  }

  /**
   * A new encoder.
   *
   * @throws IllegalStateException unless {@link #missing} is empty
   */
  public ClusterEncoder newEncoder() {
    if (zstd) {
      return new ZstdEncoder(level);
    }
    if (smallWindow) {
      return new ZlibEncoder(level);
    }
    return NativeLibrary.LIBDEFLATE.isThere()
        ? new LibdeflateEncoder(level)
        : new JdkDeflateEncoder(level);
  }

  /** What is missing for it here, for the user; empty if it is all there. */
  public Optional<String> missing() {
    if (zstd && !NativeLibrary.LIBZSTD.isThere()) {
      return Optional.of(
          "this package has no zstd encoder for this system; use zlib: --compress=zlib");
    }
    if (smallWindow && !NativeLibrary.LIBZ.isThere()) {
      return Optional.of(
          "this package has no deflate encoder with a window of 4K; leave --deflate-window out");
    }
    return Optional.empty();
  }

  /** Codec, version, level and window: what decides the bytes. */
  public String identity() {
    String codec =
        zstd
            ? "libzstd " + ZstdEncoder.version()
            : smallWindow
                ? "zlib " + ZlibEncoder.version()
                : NativeLibrary.LIBDEFLATE.isThere()
                    ? "libdeflate " + LibdeflateEncoder.VERSION
                    : "java.util.zip";
    return codec + ", level " + level + (zstd ? "" : ", window " + (smallWindow ? "4K" : "32K"));
  }
}
