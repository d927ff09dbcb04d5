package io.github.qcow2tostdout.source;

import java.util.BitSet;

/**
 * Which blocks of a stream hold a byte that is not zero, in a bounded amount of memory: a bit for
 * each block, and blocks of twice the size when there are too many.
 */
final class DataBlocks {
  /** Bytes of a block at first; also what file systems allocate at a time. */
  static final int SMALLEST = 4 << 10;

  /** 8 MiB of bits: blocks of 4 KiB up to 256 GiB, of 64 KiB up to 4 TiB. */
  private static final int MAX_BLOCKS = 1 << 26;

  private final int most;
  private BitSet blocks = new BitSet();
  private int shift = Integer.numberOfTrailingZeros(SMALLEST);

  DataBlocks() {
    this(MAX_BLOCKS);
  }

  DataBlocks(int most) {
    this.most = most;
  }

  /** Bytes of a block. */
  long blockSize() {
    return 1L << shift;
  }

  /**
   * Says that each block of {@link #SMALLEST} bytes that [from, to) touches holds such a byte.
   *
   * @param to is behind {@code from}
   */
  void add(long from, long to) {
    while ((to - 1) >> shift >= most) {
      halve();
    }
    blocks.set((int) (from >> shift), (int) ((to - 1) >> shift) + 1);
  }

  private void halve() {
    BitSet half = new BitSet(blocks.length() / 2 + 1);
    for (int from = blocks.nextSetBit(0); from >= 0; ) {
      int to = blocks.nextClearBit(from);
      half.set(from >> 1, ((to - 1) >> 1) + 1);
      from = blocks.nextSetBit(to);
    }
    blocks = half;
    shift++;
  }

  /** The runs of such blocks, in bytes, up to the end of the stream. */
  DataExtents extents(long size) {
    return new Runs(size);
  }

  private final class Runs implements DataExtents {
    private final long size;
    private int from;
    private int to;

    Runs(long size) {
      this.size = size;
    }

    @Override
    public boolean next() {
      from = blocks.nextSetBit(to);
      if (from < 0) {
        return false;
      }
      to = blocks.nextClearBit(from);
      return true;
    }

    @Override
    public long from() {
      return (long) from << shift;
    }

    @Override
    public long to() {
      return Math.min(size, (long) to << shift);
    }
  }
}
