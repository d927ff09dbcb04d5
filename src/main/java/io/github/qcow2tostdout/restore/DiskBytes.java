package io.github.qcow2tostdout.restore;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Is given the bytes of a disk that arrives, in the order of the stream. */
interface DiskBytes {
  /** The rest of a buffer, which belongs to an offset of the disk; it holds until this returns. */
  void data(ByteBuffer bytes, long guestOffset) throws IOException;

  /**
   * A table has come, so that more is known.
   *
   * @param l2TablesUpTo L2 tables that lie before this byte of the stream have all come
   */
  void tableHasCome(long l2TablesUpTo) throws IOException;

  /** All has come. */
  void finish() throws IOException;
}
