package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.RefcountEntries;
import io.github.qcow2tostdout.format.TableEntry;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Computes any part of the regions before the data; none of them is ever held whole. */
final class MetadataRenderer {
  /** What the entry of a member is; the next member's is one cluster further. */
  @FunctionalInterface
  private interface Entry {
    /**
     * @param index the member
     * @param rank how many members are below it
     */
    long of(long index, long rank);
  }

  private final LayoutPlan plan;
  private final AllocationMap map;
  private final ByteBuffer header;
  private final int clusterBits;
  private final Entry l1Entry;
  private final Entry l2Entry;

  /** Entries on their way into a buffer: a loop over a buffer would take five times as long. */
  private long[] entries = new long[0];

  MetadataRenderer(LayoutPlan plan, AllocationMap map) {
    this.plan = plan;
    this.map = map;
    header = HeaderCluster.render(plan, map);
    clusterBits = plan.geometry().clusterBits();
    long l2Tables = plan.region(Region.Kind.L2_TABLES).from();
    long data = plan.region(Region.Kind.DATA).from();
    l1Entry = (index, rank) -> TableEntry.copied(l2Tables + (rank << clusterBits));
    l2Entry =
        plan.options().dataInside()
            ? (index, rank) -> TableEntry.copied(data + (rank << clusterBits))
            // In an external data file every cluster lies where the guest sees it.
            : (index, rank) -> TableEntry.copied(index << clusterBits);
  }

  /**
   * Fills the rest of a buffer.
   *
   * @param out room for a multiple of 8 bytes
   * @param offset of the part in its region, a multiple of 8
   */
  void fill(ByteBuffer out, Region.Kind kind, long offset) {
    switch (kind) {
      case HEADER -> fillHeader(out, Math.toIntExact(offset));
      case REFCOUNT_TABLE -> fillRefcountTable(out, offset / Geometry.TABLE_ENTRY_SIZE);
      case REFCOUNT_BLOCKS ->
          RefcountEntries.writeOnes(
              out, plan.geometry().refcountOrder(), offset, plan.imageClusters());
      case L1_TABLE -> fillL1Table(out, offset / Geometry.TABLE_ENTRY_SIZE);
      case L2_TABLES -> fillL2Tables(out, offset);
      case DATA -> throw new IllegalArgumentException("data is not computed");
    }
  }

  private void fillHeader(ByteBuffer out, int offset) {
    if (offset < header.limit()) {
      int count = Math.min(out.remaining(), header.limit() - offset);
      out.put(out.position(), header, offset, count).position(out.position() + count);
    }
    while (out.hasRemaining()) {
      out.putLong(0);
    }
  }

  private void fillRefcountTable(ByteBuffer out, long first) {
    Region blocks = plan.region(Region.Kind.REFCOUNT_BLOCKS);
    for (long entry = first; out.hasRemaining(); entry++) {
      long block = blocks.from() + (entry << clusterBits);
      out.putLong(block < blocks.to() ? block : TableEntry.UNALLOCATED);
    }
  }

  private void fillL1Table(ByteBuffer out, long first) {
    int count = roomFor(out);
    fillEntries(0, map.l2Tables(), first, first + count, map.l2Tables().rank(first), l1Entry);
    putEntries(out, count);
  }

  private void fillL2Tables(ByteBuffer out, long offset) {
    int perTable = plan.geometry().tableEntries();
    long firstTable = map.l2Tables().select(offset >> clusterBits);
    long skipped = (offset & (plan.geometry().clusterSize() - 1)) / Geometry.TABLE_ENTRY_SIZE;
    IndexSet.Runs tables = map.l2Tables().runsFrom(firstTable);
    long guest = firstTable * perTable + skipped;
    long rank = map.data().rank(guest);
    int room = roomFor(out);
    int count = 0;
    while (count < room && tables.next()) {
      // Neighbouring L1 entries: their L2 tables are one list of entries.
      guest = Math.max(guest, tables.from() * perTable);
      long end = Math.min(tables.to() * perTable, guest + room - count);
      rank = fillEntries(count, map.data(), guest, end, rank, l2Entry);
      count += (int) (end - guest);
    }
    putEntries(out, count);
  }

  private int roomFor(ByteBuffer out) {
    int count = out.remaining() / Geometry.TABLE_ENTRY_SIZE;
    if (entries.length < count) {
      entries = new long[count];
    }
    return count;
  }

  private void putEntries(ByteBuffer out, int count) {
    out.asLongBuffer().put(entries, 0, count);
    out.position(out.position() + count * Geometry.TABLE_ENTRY_SIZE);
  }

  /** Makes the entries [first, end), from {@code at} on, and returns the rank of {@code end}. */
  private long fillEntries(
      int at, IndexSet members, long first, long end, long firstRank, Entry entry) {
    IndexSet.Runs runs = members.runsFrom(first);
    int clusterSize = plan.geometry().clusterSize();
    int to = at;
    long index = first;
    long rank = firstRank;
    while (index < end) {
      boolean found = runs.next();
      long runFrom = found ? Math.min(runs.from(), end) : end;
      long runTo = found ? Math.min(runs.to(), end) : end;
      int from = to + (int) (runFrom - index);
      Arrays.fill(entries, to, from, TableEntry.UNALLOCATED);
      to = from + (int) (runTo - runFrom);
      long value = entry.of(runFrom, rank);
      for (int i = from; i < to; i++) {
        entries[i] = value;
        value += clusterSize;
      }
      rank += runTo - runFrom;
      index = runTo;
    }
    return rank;
  }
}
