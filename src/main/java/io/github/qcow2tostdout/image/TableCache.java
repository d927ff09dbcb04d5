package io.github.qcow2tostdout.image;

import io.github.qcow2tostdout.format.Geometry;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Parts of tables that were read lately. At most {@link #SLOTS} parts of {@link #PART} bytes, 1
 * MiB, are held, however large the tables are and however many.
 */
final class TableCache {
  /** The most bytes of a part. */
  static final int PART = 64 << 10;

  private static final int SLOTS = 16;

  private final BoundedFile file;
  private final int partSize;
  private final ByteBuffer buffer;
  private final long[] offsets = new long[SLOTS];
  private final long[][] words = new long[SLOTS][];
  private final long[] lastUse = new long[SLOTS];
  private long[] zeroes = {};
  private long uses;

  /**
   * Nothing is read yet.
   *
   * @param partSize bytes of a part, at most {@link #PART}
   */
  TableCache(BoundedFile file, int partSize) {
    this.file = file;
    this.partSize = partSize;
    buffer = ByteBuffer.allocateDirect(partSize);
  }

  /** Bytes of a part. */
  int partSize() {
    return partSize;
  }

  /**
   * The 8-byte words of a part of a table; those behind the end of the file are zero. The array is
   * good until the next call.
   *
   * @param offset of the part's first byte in the file
   * @param what the table, for the error
   */
  long[] read(long offset, String what) throws IOException {
    uses++;
    int oldest = 0;
    for (int slot = 0; slot < SLOTS; slot++) {
      if (lastUse[slot] > 0 && offsets[slot] == offset) {
        lastUse[slot] = uses;
        return words[slot];
      }
      oldest = lastUse[slot] < lastUse[oldest] ? slot : oldest;
    }
    int entries = partSize / Geometry.TABLE_ENTRY_SIZE;
    if (file.isHole(offset, partSize)) {
      zeroes = zeroes.length == 0 ? new long[entries] : zeroes;
      return zeroes;
    }
    // Not held while it is filled: to read may fail.
    lastUse[oldest] = 0;
    if (words[oldest] == null) {
      words[oldest] = new long[entries];
    }
    file.readPadded(offset, buffer, what);
    buffer.asLongBuffer().get(words[oldest]);
    offsets[oldest] = offset;
    lastUse[oldest] = uses;
    return words[oldest];
  }
}
