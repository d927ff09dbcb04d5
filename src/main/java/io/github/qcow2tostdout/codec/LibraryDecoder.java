package io.github.qcow2tostdout.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * Decodes compressed clusters by the encoders' libraries, several times as fast as {@link
 * ClusterDecoder}, for data of images that are read and not judged. What these do not take at once
 * may still be a cluster: that one has the last word. Not for small images, because the first call
 * takes 20 ms to link.
 */
public final class LibraryDecoder implements AutoCloseable {
  private static final int ZSTD_MAGIC = 0xfd2fb528;

  private final ByteBuffer input;
  private final ByteBuffer cluster;
  private final Library library;

  /** What a library does. */
  private interface Library extends AutoCloseable {
    /** Whether all of a cluster came out. */
    boolean decode(ByteBuffer input, ByteBuffer cluster);

    @Override
    void close();
  }

  private LibraryDecoder(ByteBuffer input, ByteBuffer cluster, Library library) {
    this.input = input.order(ByteOrder.LITTLE_ENDIAN);
    this.cluster = cluster;
    this.library = library;
  }

  /**
   * A decoder of clusters of one image; empty where the library is not here.
   *
   * @param clusterSize bytes that each of them gives
   * @param maxInput bytes of data that one of them has at most
   * @param zstd whether it is zstd, or else deflate
   */
  public static Optional<LibraryDecoder> of(int clusterSize, int maxInput, boolean zstd) {
    NativeLibrary library = zstd ? NativeLibrary.LIBZSTD : NativeLibrary.LIBDEFLATE;
    return library.isThere()
        ? Optional.of(
            of(ByteBuffer.allocateDirect(maxInput), ByteBuffer.allocateDirect(clusterSize), zstd))
        : Optional.empty();
  }

  /** One that reads and writes in given memory outside of the heap, and nowhere else. */
  static LibraryDecoder of(ByteBuffer input, ByteBuffer cluster, boolean zstd) {
    return new LibraryDecoder(input, cluster, zstd ? new Zstd() : new Deflate());
  }

  /** Where the data is to be put, from index 0; what is behind it may be anything. */
  public ByteBuffer input() {
    return input.clear();
  }

  /**
   * Decodes the data of a cluster.
   *
   * @param length of the data in {@link #input}
   * @return false if that is for a {@link ClusterDecoder} to judge
   */
  public boolean decode(int length) {
    return library.decode(input.clear().limit(length), cluster.clear());
  }

  /** The cluster that was decoded last, from index 0; it holds until the next is. */
  public ByteBuffer cluster() {
    return cluster.clear();
  }

  @Override
  public void close() {
    library.close();
  }

  private static final class Deflate implements Library {
    private static final long DECOMPRESS =
        NativeLibrary.LIBDEFLATE.function("libdeflate_deflate_decompress");

    private final long decompressor =
        NativeLibrary.allocated(
            NativeLibrary.call(
                NativeLibrary.LIBDEFLATE.function("libdeflate_alloc_decompressor"), 0, 0, 0, 0, 0),
            "a decompressor");

    @Override
    public boolean decode(ByteBuffer input, ByteBuffer cluster) {
      // Without a place for the size nothing but exactly so many bytes is a success, which is 0.
      return (int)
              NativeLibrary.call(
                  DECOMPRESS,
                  decompressor,
                  NativeLibrary.address(input),
                  input.remaining(),
                  NativeLibrary.address(cluster),
                  cluster.remaining())
          == 0;
    }

    @Override
    public void close() {
      NativeLibrary.call(
          NativeLibrary.LIBDEFLATE.function("libdeflate_free_decompressor"),
          decompressor,
          0,
          0,
          0,
          0);
    }
  }

  private static final class Zstd implements Library {
    private static final long DECOMPRESS = NativeLibrary.LIBZSTD.function("ZSTD_decompressDCtx");
    private static final long FRAME_SIZE =
        NativeLibrary.LIBZSTD.function("ZSTD_findFrameCompressedSize");

    private final long context =
        NativeLibrary.allocated(
            NativeLibrary.call(NativeLibrary.LIBZSTD.function("ZSTD_createDCtx"), 0, 0, 0, 0, 0),
            "a decompressor");

    @Override
    public boolean decode(ByteBuffer input, ByteBuffer cluster) {
      if (input.remaining() < Integer.BYTES || input.getInt(0) != ZSTD_MAGIC) {
        return false;
      }
      long data = NativeLibrary.address(input);
      // Behind the frame come other clusters' data. An error is a number beyond all sizes.
      long frame = NativeLibrary.call(FRAME_SIZE, data, input.remaining(), 0, 0, 0);
      if (frame <= 0 || frame > input.remaining()) {
        return false;
      }
      return NativeLibrary.call(
              DECOMPRESS, context, NativeLibrary.address(cluster), cluster.remaining(), data, frame)
          == cluster.remaining();
    }

    @Override
    public void close() {
      NativeLibrary.call(NativeLibrary.LIBZSTD.function("ZSTD_freeDCtx"), context, 0, 0, 0, 0);
    }
  }
}
