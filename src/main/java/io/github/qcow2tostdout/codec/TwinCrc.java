package io.github.qcow2tostdout.codec;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/**
 * Two checksums of 32 bits by different polynomials, as one value: the processor makes those at more
 * than ten gigabytes a second, and any other hash the VM. For one thread.
 */
public final class TwinCrc {
  private final Checksum one = new CRC32();
  private final Checksum other = new CRC32C();

  /** Takes the rest of a buffer. */
  public void update(ByteBuffer bytes) {
    one.update(bytes.duplicate());
    other.update(bytes);
  }

  /** The value of all that was taken since the beginning, or the last {@link #reset}. */
  public long value() {
    return one.getValue() << Integer.SIZE | other.getValue();
  }

  /** Begins again. */
  public void reset() {
    one.reset();
    other.reset();
  }
}
