package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.source.Source;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Takes the bytes of data clusters, one after the other. */
interface DataSink {
  /** Takes the rest of a buffer. */
  void write(ByteBuffer bytes) throws IOException;

  /** How many bytes may be handed over by reference from here on; the others are to be copied. */
  long transferable();

  /**
   * Has the source hand over bytes directly.
   *
   * @return bytes taken; 0 if that failed or is not possible
   */
  long transfer(Source source, long offset, long count);
}
