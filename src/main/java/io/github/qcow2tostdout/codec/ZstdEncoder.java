package io.github.qcow2tostdout.codec;

import java.nio.ByteBuffer;

/** Zstandard by libzstd: one frame for a cluster, with its content size and no checksum. */
final class ZstdEncoder implements ClusterEncoder {
  /** The highest level that libzstd takes. */
  static final int MAX_LEVEL = 22;

  private static final int COMPRESSION_LEVEL = 100;
  private static final long COMPRESS = NativeLibrary.LIBZSTD.function("ZSTD_compress2");
  private static final long IS_ERROR = NativeLibrary.LIBZSTD.function("ZSTD_isError");

  private final long context;

  ZstdEncoder(int level) {
    context =
        NativeLibrary.allocated(
            NativeLibrary.call(NativeLibrary.LIBZSTD.function("ZSTD_createCCtx"), 0, 0, 0, 0, 0),
            "a compressor");
    NativeLibrary.call(
        NativeLibrary.LIBZSTD.function("ZSTD_CCtx_setParameter"),
        context,
        COMPRESSION_LEVEL,
        level,
        0,
        0);
  }

  static String version() {
    return NativeLibrary.text(
        NativeLibrary.call(NativeLibrary.LIBZSTD.function("ZSTD_versionString"), 0, 0, 0, 0, 0));
  }

  @Override
  public int encode(ByteBuffer cluster, ByteBuffer out) {
    long size =
        NativeLibrary.call(
            COMPRESS,
            context,
            NativeLibrary.address(out),
            out.remaining(),
            NativeLibrary.address(cluster),
            cluster.remaining());
    // The one error that can be is that the room was not enough.
    return (int) NativeLibrary.call(IS_ERROR, size, 0, 0, 0, 0) != 0 ? DOES_NOT_FIT : (int) size;
  }

  @Override
  public void close() {
    NativeLibrary.call(NativeLibrary.LIBZSTD.function("ZSTD_freeCCtx"), context, 0, 0, 0, 0);
  }
}
