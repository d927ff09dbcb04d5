package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.RefcountEntries;
import io.github.qcow2tostdout.format.TableEntry;
import io.github.qcow2tostdout.plan.AllocationMap;
import io.github.qcow2tostdout.plan.HeaderCluster;
import io.github.qcow2tostdout.plan.IndexSet;
import io.github.qcow2tostdout.plan.LayoutPlan;
import io.github.qcow2tostdout.plan.Placement;
import io.github.qcow2tostdout.plan.Region;
import java.nio.ByteBuffer;

/** Computes any part of the regions before the data; none of them is ever held whole. */
final class MetadataRenderer {
  /** A multiple of the size of every entry: parts start and end where this divides. */
  static final int ENTRY_SIZE = 2 * Geometry.TABLE_ENTRY_SIZE;

  private final LayoutPlan plan;
  private final AllocationMap map;
  private final ByteBuffer header;
  private final int clusterBits;
  private final TableWords words;
  private final Placement.Entries l2TablePlaces;
  private final RefcountEntries.Runs refcounts;
  private final L2TableRenderer l2Tables;

  MetadataRenderer(LayoutPlan plan, AllocationMap map) {
    this.plan = plan;
    this.map = map;
    header = HeaderCluster.render(plan, map);
    clusterBits = plan.geometry().clusterBits();
    words = new TableWords();
    l2TablePlaces =
        new Placement.Fixed(
                plan.region(Region.Kind.L2_TABLES).from(), clusterBits, map.l2Tables().count())
            .entries();
    refcounts = plan.refcounts();
    l2Tables = new L2TableRenderer(plan, map);
  }

  /**
   * Fills the rest of a buffer.
   *
   * @param out room for a multiple of {@link #ENTRY_SIZE} bytes
   * @param offset of the part in its region, a multiple of that too
   */
  void fill(ByteBuffer out, Region.Kind kind, long offset) {
    switch (kind) {
      case HEADER -> fillHeader(out, Math.toIntExact(offset));
      case REFCOUNT_TABLE -> fillRefcountTable(out, offset / Geometry.TABLE_ENTRY_SIZE);
      case REFCOUNT_BLOCKS ->
          RefcountEntries.write(out, plan.geometry().refcountOrder(), offset, refcounts);
      case L1_TABLE -> fillL1Table(out, offset / Geometry.TABLE_ENTRY_SIZE);
      case L2_TABLES -> l2Tables.fill(out, offset);
      case BITMAPS, DATA -> throw new IllegalArgumentException(kind + " is not computed");
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
    int count = words.start(out);
    IndexSet tables = map.l2Tables();
    words.setMembers(0, 1, tables, first, first + count, tables.rank(first), l2TablePlaces);
    words.finish(out);
  }
}
