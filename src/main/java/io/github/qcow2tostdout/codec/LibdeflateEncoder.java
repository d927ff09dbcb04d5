package io.github.qcow2tostdout.codec;

import java.nio.ByteBuffer;

/** Deflate by libdeflate: better and much faster than zlib, for data that is there as a whole. */
final class LibdeflateEncoder implements ClusterEncoder {
  /** The library does not say its own: whose it is. */
  static final String VERSION = "of aircompressor 3.14";

  private static final long COMPRESS =
      NativeLibrary.LIBDEFLATE.function("libdeflate_deflate_compress");

  private final long compressor;

  LibdeflateEncoder(int level) {
    compressor =
        NativeLibrary.allocated(
            NativeLibrary.call(
                NativeLibrary.LIBDEFLATE.function("libdeflate_alloc_compressor"),
                level,
                0,
                0,
                0,
                0),
            "a compressor");
  }

  @Override
  public int encode(ByteBuffer cluster, ByteBuffer out) {
    return (int)
        NativeLibrary.call(
            COMPRESS,
            compressor,
            NativeLibrary.address(cluster),
            cluster.remaining(),
            NativeLibrary.address(out),
            out.remaining());
  }

  @Override
  public void close() {
    NativeLibrary.call(
        NativeLibrary.LIBDEFLATE.function("libdeflate_free_compressor"), compressor, 0, 0, 0, 0);
  }
}
