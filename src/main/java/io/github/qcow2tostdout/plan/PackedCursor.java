package io.github.qcow2tostdout.plan;

/** Goes through packed clusters in their order, from any of them on; for one thread. */
public final class PackedCursor {
  private final ClusterLengths lengths;
  private final Packing packing;
  private final int[] chunk;
  private int chunkNumber = -1;
  private int chunkSize;
  private int next;
  private long rank = -1;
  private long offset;
  private int length;
  private long compressedEnd;

  PackedCursor(ClusterLengths lengths) {
    this.lengths = lengths;
    packing = lengths.packing();
    chunk = new int[(int) Math.min(ClusterLengths.CHUNK, lengths.count())];
  }

  /** Goes to the next cluster; false if there is none. */
  public boolean next() {
    if (next == chunkSize && !enter(chunkNumber + 1)) {
      return false;
    }
    length = chunk[next];
    offset = packing.place(length);
    compressedEnd += length;
    next++;
    rank++;
    return true;
  }

  /** Goes to a cluster that there is. */
  public void toRank(long wanted) {
    int number = (int) (wanted / ClusterLengths.CHUNK);
    if (wanted <= rank || number != chunkNumber) {
      enter(number);
    }
    while (rank < wanted && next()) {
      // Its place follows from those before it.
    }
  }

  /**
   * Goes to the first cluster that ends behind an offset from the beginning, which lies before the
   * end of them all.
   */
  public void toOffset(long wanted) {
    enter(lengths.marks().at(wanted));
    while (next() && end() <= wanted) {
      // Further.
    }
  }

  /** Goes in front of the clusters that begin at an offset or behind it, and maybe some before. */
  void before(long wanted) {
    enter(lengths.marks().at(wanted));
  }

  private boolean enter(int number) {
    if ((long) number * ClusterLengths.CHUNK >= lengths.count()) {
      return false;
    }
    chunkSize = lengths.read(number, chunk);
    chunkNumber = number;
    lengths.restore(packing, number);
    next = 0;
    rank = (long) number * ClusterLengths.CHUNK - 1;
    compressedEnd = lengths.marks().sum(number);
    return true;
  }

  /** Which one: how many allocated clusters are before it. */
  public long rank() {
    return rank;
  }

  /** Where it begins, from the beginning of the data. */
  public long offset() {
    return offset;
  }

  /** Bytes of compressed data; 0 if it is stored plain. */
  public int length() {
    return length;
  }

  /** Bytes of compressed data of all clusters before it. */
  public long compressedBefore() {
    return compressedEnd - length;
  }

  /** Where it ends. */
  public long end() {
    return packing.end();
  }
}
