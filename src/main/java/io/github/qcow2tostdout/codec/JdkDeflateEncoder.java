package io.github.qcow2tostdout.codec;

import java.nio.ByteBuffer;
import java.util.zip.Deflater;

/** Deflate by the JDK's zlib, where the package has no library for this system. */
final class JdkDeflateEncoder implements ClusterEncoder {
  private static final int MAX_LEVEL = 9;

  private final Deflater deflater;

  JdkDeflateEncoder(int level) {
    deflater = new Deflater(Math.min(level, MAX_LEVEL), true);
  }

  @Override
  public int encode(ByteBuffer cluster, ByteBuffer out) {
    deflater.reset();
    deflater.setInput(cluster.duplicate());
    deflater.finish();
    ByteBuffer room = out.duplicate();
    while (!deflater.finished() && room.hasRemaining()) {
      deflater.deflate(room);
    }
    return deflater.finished() ? out.remaining() - room.remaining() : DOES_NOT_FIT;
  }

  @Override
  public void close() {
    deflater.end();
  }
}
