package io.github.qcow2tostdout.codec;

import java.nio.ByteBuffer;

/** Encodes clusters, one after the other; for one thread. The same bytes give the same bytes. */
public interface ClusterEncoder extends AutoCloseable {
  /** What {@link #encode} answers if the room was not enough. */
  int DOES_NOT_FIT = 0;

  /**
   * Encodes the rest of a buffer.
   *
   * @param cluster direct; not changed
   * @param out direct; its rest is the room that there is, and its position is not changed
   * @return bytes at the beginning of the room; {@link #DOES_NOT_FIT} if they would be more
   */
  int encode(ByteBuffer cluster, ByteBuffer out);

  @Override
  void close();
}
