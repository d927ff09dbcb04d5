package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.L2Entry;
import io.github.qcow2tostdout.plan.AllocationMap;
import io.github.qcow2tostdout.plan.IndexSet;
import io.github.qcow2tostdout.plan.LayoutPlan;
import io.github.qcow2tostdout.plan.Placement;
import java.nio.ByteBuffer;

/**
 * Computes any part of the L2 tables. Neighbouring tables of the image are those of ascending L1
 * entries; an entry takes one word, or two with extended L2 entries.
 */
final class L2TableRenderer {
  private final Geometry geometry;
  private final AllocationMap map;
  private final Placement.Entries entries;
  private final TableWords words;
  private final int stride;

  L2TableRenderer(LayoutPlan plan, AllocationMap map) {
    this.map = map;
    geometry = plan.geometry();
    entries = plan.placement().entries();
    words = new TableWords();
    stride = geometry.l2EntrySize() / Long.BYTES;
  }

  /**
   * Fills the rest of a buffer.
   *
   * @param offset of the part in the region, where an entry starts
   */
  void fill(ByteBuffer out, long offset) {
    int perTable = geometry.l2Entries();
    long firstTable = map.l2Tables().select(offset >> geometry.clusterBits());
    long skipped = (offset & (geometry.clusterSize() - 1)) / geometry.l2EntrySize();
    IndexSet.Runs tables = map.l2Tables().runsFrom(firstTable);
    long guest = firstTable * perTable + skipped;
    long rank = map.clusters().rank(guest);
    int room = words.start(out) / stride;
    int count = 0;
    while (count < room && tables.next()) {
      // Neighbouring L1 entries: their L2 tables are one list of entries.
      guest = Math.max(guest, tables.from() * perTable);
      long end = Math.min(tables.to() * perTable, guest + room - count);
      int at = count * stride;
      rank = words.setMembers(at, stride, map.clusters(), guest, end, rank, entries);
      if (geometry.extendedL2()) {
        setBitmaps(at, guest, end);
        words.clearBehindCompressed(at, (int) (end - guest));
      } else {
        setZeroes(at, guest, end);
      }
      count += (int) (end - guest);
    }
    words.finish(out);
  }

  private void setZeroes(int at, long first, long end) {
    IndexSet.Runs runs = map.grains().zero().runsFrom(first);
    while (runs.next() && runs.from() < end) {
      int from = at + (int) (runs.from() - first);
      words.fill(from, from + (int) (Math.min(runs.to(), end) - runs.from()), L2Entry.ZERO);
    }
  }

  private void setBitmaps(int at, long first, long end) {
    IndexSet.Runs data = map.grains().data().runsFrom(first << L2Entry.SUBCLUSTER_BITS);
    while (data.next() && data.from() >> L2Entry.SUBCLUSTER_BITS < end) {
      setBits(at, first, end, data, true);
    }
    IndexSet.Runs zero = map.grains().zero().runsFrom(first << L2Entry.SUBCLUSTER_BITS);
    while (zero.next() && zero.from() >> L2Entry.SUBCLUSTER_BITS < end) {
      setBits(at, first, end, zero, false);
    }
  }

  private void setBits(int at, long first, long end, IndexSet.Runs run, boolean allocated) {
    long to = Math.min(run.to(), end << L2Entry.SUBCLUSTER_BITS);
    for (long grain = run.from(); grain < to; ) {
      long cluster = grain >> L2Entry.SUBCLUSTER_BITS;
      long next = Math.min(to, (cluster + 1) << L2Entry.SUBCLUSTER_BITS);
      int bits = -1 >>> (L2Entry.SUBCLUSTERS - (int) (next - grain)) << grain;
      words.setBits(
          at + 2 * (int) (cluster - first) + 1,
          allocated ? L2Entry.bitmap(bits, 0) : L2Entry.bitmap(0, bits));
      grain = next;
    }
  }
}
