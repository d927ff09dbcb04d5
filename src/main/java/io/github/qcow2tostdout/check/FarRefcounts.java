package io.github.qcow2tostdout.check;

import io.github.qcow2tostdout.format.RefcountEntries;
import io.github.qcow2tostdout.image.BoundedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Refcounts of clusters far behind the end of the file, which only damaged entries ask for. They
 * are read when they are asked for, a page at a time, and the last pages are kept, 1 MiB at most:
 * to read each one by itself would let an image of millions of such entries take minutes. A page is
 * no more than a cluster: of a stream no others are there than those of refcount blocks.
 */
final class FarRefcounts {
  private static final int MAX_PAGE_BITS = 12;
  private static final int SLOTS = 256;
  private static final long NONE = -1;

  private final BoundedFile file;
  private final int pageBits;
  private final long[] numbers = new long[SLOTS];
  private final ByteBuffer[] pages = new ByteBuffer[SLOTS];

  FarRefcounts(BoundedFile file, int clusterBits) {
    this.file = file;
    pageBits = Math.min(MAX_PAGE_BITS, clusterBits);
    Arrays.fill(numbers, NONE);
  }

  /**
   * A refcount.
   *
   * @param block where the refcount block is in the file
   * @param bit where the refcount is in the block
   * @param order log2 of its width in bits
   */
  long get(long block, long bit, int order) throws IOException {
    long at = block + (bit >>> 3);
    long number = at >>> pageBits;
    int slot = (int) number & (SLOTS - 1);
    if (numbers[slot] != number) {
      if (pages[slot] == null) {
        pages[slot] = ByteBuffer.allocate(1 << pageBits);
      }
      numbers[slot] = NONE;
      file.readPadded(number << pageBits, pages[slot], "refcount block");
      numbers[slot] = number;
    }
    long bitInPage = (at & ((1L << pageBits) - 1)) << 3 | (bit & 7);
    return RefcountEntries.get(pages[slot], order, (int) (bitInPage >>> order));
  }
}
