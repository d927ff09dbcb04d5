package io.github.qcow2tostdout.saved;

import io.github.qcow2tostdout.plan.ClusterLengths;
import io.github.qcow2tostdout.plan.LengthMarks;
import io.github.qcow2tostdout.plan.Packing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * The lengths of compressed clusters in a plan. They are read in chunks of 65536, when they are
 * asked for; each must lead from the mark before it to the mark behind it.
 *
 * <pre>
 *  0  8  clusters             44  .  for each chunk, where it begins: 8 bytes offset in the data,
 *  8  8  compressed                  8 bytes refcount there, 8 bytes compressed before
 * 16  8  compressed bytes      .  4  checksum of these
 * 24  8  end of the data       .  .  chunks: 2 bytes a cluster, 4 with clusters above 64 KiB; 0 for
 * 32  8  refcount there              one that is stored plain; 4 bytes checksum behind each
 * 40  4  checksum
 * </pre>
 */
final class SavedLengths implements ClusterLengths.Store {
  /** More are not held in memory: 4 PiB of clusters of 64 KiB. */
  private static final int MAX_CHUNKS = 1 << 20;

  /** Bytes of lengths that are read before they are needed: of 2 TiB of clusters of 64 KiB. */
  private static final long CHECKED_AT_ONCE = 72L << 20;

  private static final int CHECKSUM = Integer.BYTES;

  private final String name;
  private final FileChannel channel;
  private final long from;
  private final Packing start;
  private final LengthMarks marks;
  private final Packing end;
  private final ClusterLengths.Totals totals;
  private final int clusterBits;

  private SavedLengths(
      PlanInput in,
      FileChannel channel,
      Packing start,
      LengthMarks marks,
      Packing end,
      ClusterLengths.Totals totals) {
    this.name = in.name();
    this.channel = channel;
    this.from = in.position();
    this.start = start;
    this.marks = marks;
    this.end = end;
    this.totals = totals;
    clusterBits = start.clusterBits();
  }

  static void write(ClusterLengths lengths, PlanOutput out) throws IOException {
    LengthMarks marks = lengths.marks();
    Packing end = lengths.packed();
    out.u64(lengths.count());
    out.u64(lengths.compressed());
    out.u64(lengths.compressedBytes());
    out.u64(end.end());
    out.u64(end.refcount());
    out.checksum();
    for (int chunk = 0; chunk < marks.size(); chunk++) {
      out.u64(marks.start(chunk));
      out.u64(marks.refcount(chunk));
      out.u64(marks.sum(chunk));
    }
    out.checksum();
    int[] values = new int[ClusterLengths.CHUNK];
    boolean narrow = ClusterLengths.width(end.clusterBits()) == Short.BYTES;
    for (int chunk = 0; chunk < marks.size(); chunk++) {
      int count = lengths.read(chunk, values);
      for (int i = 0; i < count; i++) {
        if (narrow) {
          out.u16(values[i]);
        } else {
          out.u32(values[i]);
        }
      }
      out.checksum();
    }
  }

  /**
   * Reads all but the lengths themselves.
   *
   * @param clusters how many there must be
   * @param packing at its beginning
   * @param after is told where what follows begins
   */
  static ClusterLengths read(
      PlanInput in, FileChannel channel, long clusters, Packing packing, After after)
      throws IOException {
    ClusterLengths.Totals totals = new ClusterLengths.Totals(in.u63(), in.u63(), in.u63());
    Packing end = packing.restarted();
    end.restore(in.u63(), in.u63());
    in.checksum();
    long chunks = Math.ceilDiv(totals.count(), ClusterLengths.CHUNK);
    if (totals.count() != clusters || totals.compressed() > clusters || chunks > MAX_CHUNKS) {
      throw in.damaged(
          "it has the lengths of "
              + totals.count()
              + " clusters, and maps "
              + clusters
              + (chunks > MAX_CHUNKS ? ", which are more than this program can hold" : ""));
    }
    long bytes = totals.count() * ClusterLengths.width(packing.clusterBits()) + chunks * CHECKSUM;
    in.require(bytes + CHECKSUM + chunks * 3 * Long.BYTES);
    LengthMarks marks = marks(in, (int) chunks, end, totals);
    SavedLengths store = new SavedLengths(in, channel, packing, marks, end, totals);
    if (bytes <= CHECKED_AT_ONCE) {
      store.verifyChecksums();
    }
    after.begins(in.position() + bytes);
    return ClusterLengths.stored(end, marks, totals, store);
  }

  /** What is told where the lengths end. */
  interface After {
    void begins(long offset);
  }

  private static LengthMarks marks(
      PlanInput in, int chunks, Packing end, ClusterLengths.Totals totals) throws IOException {
    LengthMarks marks = new LengthMarks();
    long start = 0;
    long sum = 0;
    for (int chunk = 0; chunk < chunks; chunk++) {
      long nextStart = in.u63();
      long refcount = in.u63();
      long nextSum = in.u63();
      if (nextStart < start
          || nextSum < sum
          || nextStart > end.end()
          || nextSum > totals.compressedBytes()
          || (chunk == 0 && (nextStart | refcount | nextSum) != 0)) {
        throw in.damaged("the mark of the lengths before byte " + in.position() + " is wrong");
      }
      marks.add(nextStart, refcount, nextSum);
      start = nextStart;
      sum = nextSum;
    }
    in.checksum();
    return marks;
  }

  /** So that what is damaged is known before the first byte, where that takes no time. */
  private void verifyChecksums() throws IOException {
    PlanInput in = new PlanInput(name, channel, from);
    int width = ClusterLengths.width(clusterBits);
    for (long left = totals.count(); left > 0; left -= ClusterLengths.CHUNK) {
      in.skip(Math.min(left, ClusterLengths.CHUNK) * width);
      in.checksum();
    }
  }

  @Override
  public void append(ByteBuffer chunk) {
    throw new UnsupportedOperationException("a plan is only read");
  }

  @Override
  public void read(long chunk, ByteBuffer to) throws IOException {
    int width = ClusterLengths.width(clusterBits);
    long offset = from + chunk * (ClusterLengths.CHUNK * (long) width + CHECKSUM);
    PlanInput in = new PlanInput(name, channel, offset);
    byte[] bytes = new byte[to.remaining()];
    in.bytes(bytes);
    in.checksum();
    to.put(bytes);
    verify((int) chunk, to.duplicate().flip(), width, in);
  }

  /** Throws unless the lengths lead from one mark to the next. */
  private void verify(int chunk, ByteBuffer lengths, int width, PlanInput in) throws IOException {
    Packing packing = start.restarted();
    packing.restore(marks.start(chunk), marks.refcount(chunk));
    long sum = marks.sum(chunk);
    while (lengths.hasRemaining()) {
      int length =
          width == Short.BYTES ? Short.toUnsignedInt(lengths.getShort()) : lengths.getInt();
      if (length < 0 || length >= 1 << clusterBits) {
        throw in.damaged("a cluster of " + length + " bytes before byte " + in.position());
      }
      packing.place(length);
      sum += length;
    }
    boolean last = chunk == marks.size() - 1;
    if (packing.end() != (last ? end.end() : marks.start(chunk + 1))
        || packing.refcount() != (last ? end.refcount() : marks.refcount(chunk + 1))
        || sum != (last ? totals.compressedBytes() : marks.sum(chunk + 1))) {
      throw in.damaged("the lengths before byte " + in.position() + " lead elsewhere than it says");
    }
  }
}
