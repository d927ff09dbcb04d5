package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.Limits;
import io.github.qcow2tostdout.format.RefcountEntries;
import io.github.qcow2tostdout.format.TableEntry;
import io.github.qcow2tostdout.image.ClusterSet;
import io.github.qcow2tostdout.image.TableReader;
import io.github.qcow2tostdout.image.Validity;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Dumps the refcount table and the refcount blocks. */
final class RefcountSection {
  private static final int PART = 64 << 10;

  private final Target target;
  private final TableView view;
  private final long tableOffset;
  private final long tableEntries;
  private final long snapshots;

  RefcountSection(Target target) {
    this.target = target;
    view = target.view().tables();
    tableOffset = target.header().get(HeaderField.REFCOUNT_TABLE_OFFSET);
    tableEntries =
        target.header().get(HeaderField.REFCOUNT_TABLE_CLUSTERS)
            * (target.clusterSize() / TableReader.ENTRY_SIZE);
    snapshots = target.header().get(HeaderField.NB_SNAPSHOTS);
  }

  void show() throws IOException {
    TableReader reader = new TableReader(target.file());
    view.beginRefcountTable(tableOffset, tableEntries);
    long limit = Limits.MAX_REFCOUNT_TABLE_BYTES / TableReader.ENTRY_SIZE;
    long there = target.readable("refcount table", tableOffset, tableEntries, limit);
    ClusterSet seen = new ClusterSet();
    reader.forEachInUse(
        "refcount table",
        tableOffset,
        there,
        TableReader.ENTRY_SIZE,
        (index, at, entry, none) ->
            view.refcountTableEntry(index, at, entry, validity(entry, seen)));
    view.endRefcountTable();
    view.beginRefcountBlocks();
    long order = target.header().get(HeaderField.REFCOUNT_ORDER);
    if (order > Limits.MAX_REFCOUNT_ORDER) {
      target.problem(
          "header",
          HeaderField.REFCOUNT_ORDER.offset(),
          "refcount_order is " + order + "; the refcount blocks can't be read");
    } else {
      // Of what kind L2 entries are plays no part, and may not fit the cluster size.
      Blocks blocks = new Blocks(new Geometry(clusterBits(), (int) order));
      reader.forEachInUse("refcount table", tableOffset, there, TableReader.ENTRY_SIZE, blocks);
    }
    view.endRefcountBlocks();
  }

  private int clusterBits() {
    return (int) target.header().get(HeaderField.CLUSTER_BITS);
  }

  private Validity validity(long entry, ClusterSet seen) {
    long offset = TableEntry.refcountBlockOffset(entry);
    return Validity.of(
        (entry & TableEntry.REFCOUNT_TABLE_RESERVED) == 0
            && target.isCluster(offset)
            && seen.add(offset >> clusterBits()) == ClusterSet.Added.NEW);
  }

  /** Shows the block of each entry of the refcount table. */
  private final class Blocks implements TableReader.Visitor {
    private final Geometry geometry;
    private final long clustersInFile;
    private final ClusterSet seen = new ClusterSet();
    private final ByteBuffer buffer = ByteBuffer.allocate(PART);

    Blocks(Geometry geometry) {
      this.geometry = geometry;
      clustersInFile = geometry.clusters(target.fileSize());
    }

    @Override
    public void entry(long index, long at, long entry, long none) throws IOException {
      long offset = TableEntry.refcountBlockOffset(entry);
      if (offset == 0) {
        return;
      }
      String what = "refcount block " + index;
      if (!target.isCluster(offset)) {
        target.cannotFollow(what, offset);
      } else if (seen.add(offset >> geometry.clusterBits()) != ClusterSet.Added.NEW) {
        target.problem(what, offset, "another entry has the same block; it is not read again");
      } else {
        long first = index * geometry.refcountBlockEntries();
        view.beginRefcountBlock(index, offset, first);
        target.checkWhole(what, offset);
        block(what, offset, first);
        view.endRefcountBlock();
      }
    }

    private void block(String what, long offset, long first) throws IOException {
      int order = geometry.refcountOrder();
      long entries = geometry.refcountBlockEntries();
      int perPart = (int) Math.min(entries, ((long) PART * Byte.SIZE) >> order);
      long runStart = 0;
      long runValue = 0;
      for (long part = 0; part < entries; part += perPart) {
        ByteBuffer bytes = buffer.slice(0, Math.min(PART, geometry.clusterSize()));
        target.file().readPadded(offset + (part << order) / Byte.SIZE, bytes, what);
        for (int i = 0; i < perPart; i++) {
          long value = RefcountEntries.get(bytes, order, i);
          if (value != runValue || first + part + i == clustersInFile) {
            run(offset, first, runStart, part + i, runValue);
            runStart = part + i;
            runValue = value;
          }
        }
      }
      run(offset, first, runStart, entries, runValue);
    }

    private void run(long offset, long first, long start, long end, long refcount)
        throws IOException {
      if (refcount != 0 && start < end) {
        long at = offset + (start << geometry.refcountOrder()) / Byte.SIZE;
        view.refcounts(
            new RefcountRun(at, first + start, end - start, refcount),
            judge(first + start, refcount));
      }
    }

    private Validity judge(long cluster, long refcount) {
      if (cluster >= clustersInFile) {
        return Validity.INVALID;
      }
      // More than one for each L1 table is right only for clusters that compressed ones share.
      return refcount > 0 && refcount <= snapshots + 1 ? Validity.VALID : Validity.NO_OPINION;
    }
  }
}
