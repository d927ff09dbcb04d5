package io.github.qcow2tostdout.codec;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Deflate by zlib with a window of 4 KiB, as QEMU writes it: for readers that inflate with no
 * larger one.
 */
final class ZlibEncoder implements ClusterEncoder {
  private static final int Z_FINISH = 4;
  private static final int Z_STREAM_END = 1;
  private static final int Z_DEFLATED = 8;

  /** Negative: without a header. */
  private static final int WINDOW_BITS = -12;

  private static final int MEMORY_LEVEL = 9;

  /** Bytes of a z_stream on 64-bit systems, and where its fields are. */
  private static final int STREAM_SIZE = 112;

  private static final int NEXT_IN = 0;
  private static final int AVAIL_IN = 8;
  private static final int NEXT_OUT = 24;
  private static final int AVAIL_OUT = 32;
  private static final int TOTAL_OUT = 40;

  private static final long DEFLATE = NativeLibrary.LIBZ.function("deflate");
  private static final long RESET = NativeLibrary.LIBZ.function("deflateReset");

  private final Arena arena = Arena.ofShared();
  private final MemorySegment stream = arena.allocate(STREAM_SIZE, Long.BYTES);

  ZlibEncoder(int level) {
    long result =
        NativeLibrary.call(
            NativeLibrary.LIBZ.function("deflateInit2_"),
            stream.address(),
            level,
            Z_DEFLATED,
            WINDOW_BITS,
            MEMORY_LEVEL,
            0,
            NativeLibrary.call(NativeLibrary.LIBZ.function("zlibVersion"), 0, 0, 0, 0, 0),
            STREAM_SIZE);
    if ((int) result != 0) {
      arena.close();
      throw new OutOfMemoryError("no memory for a compressor");
    }
  }

  static String version() {
    return NativeLibrary.text(
        NativeLibrary.call(NativeLibrary.LIBZ.function("zlibVersion"), 0, 0, 0, 0, 0));
  }

  @Override
  public int encode(ByteBuffer cluster, ByteBuffer out) {
    NativeLibrary.call(RESET, stream.address(), 0, 0, 0, 0);
    stream.set(JAVA_LONG, NEXT_IN, NativeLibrary.address(cluster));
    stream.set(JAVA_INT, AVAIL_IN, cluster.remaining());
    stream.set(JAVA_LONG, NEXT_OUT, NativeLibrary.address(out));
    stream.set(JAVA_INT, AVAIL_OUT, out.remaining());
    int result = (int) NativeLibrary.call(DEFLATE, stream.address(), Z_FINISH, 0, 0, 0);
    return result == Z_STREAM_END ? (int) stream.get(JAVA_LONG, TOTAL_OUT) : DOES_NOT_FIT;
  }

  @Override
  public void close() {
    NativeLibrary.call(NativeLibrary.LIBZ.function("deflateEnd"), stream.address(), 0, 0, 0, 0);
    arena.close();
  }
}
