package io.github.qcow2tostdout.stream;

import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.DecodedClusters;
import io.github.qcow2tostdout.image.OpenedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** What is done with the data of an image that arrives, beside keeping its tables. */
public interface StreamFollower extends AutoCloseable {
  /** Makes one when the header has come. */
  @FunctionalInterface
  interface Maker {
    /**
     * A follower of an image of which nothing was accepted yet.
     *
     * @param tables what is kept of it, as if it were in a file: tables that have come
     * @throws IOException if this image can't be followed
     */
    StreamFollower follow(OpenedImage image, BoundedFile.Bytes tables) throws IOException;
  }

  /** For refusals: why a table has to be where it can be used, with what is to be said behind. */
  String purpose();

  /** Bytes of memory that it takes beside what it has at the start. */
  long memory();

  /**
   * Whether the stream is handed on in whole clusters, but for its last. Of one that is encrypted
   * all of the crypto header is kept then, without which they say nothing.
   */
  default boolean wantsWholeClusters() {
    return false;
  }

  /**
   * The next bytes of the stream, {@link BoundedFile#MAX_READ} at most.
   *
   * @param mayBeNamedLater whether an L2 table that has not come may name them
   */
  void accept(ByteBuffer bytes, boolean mayBeNamedLater) throws IOException;

  /** The L1 table has come, all of it. */
  default void l1TableHasCome() throws IOException {}

  /**
   * An L2 table has come, that is named by the L1 table.
   *
   * @param offset of the table
   * @param table all of it, from index 0
   * @throws IOException if it names data that is gone, or what it names can't be had
   */
  void addTable(long offset, ByteBuffer table) throws IOException;

  /** Nothing more comes; what came of the compressed clusters, if that is to be reported. */
  Optional<DecodedClusters> finish() throws IOException;

  @Override
  void close();
}
