package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.format.Limits;
import io.github.qcow2tostdout.format.TableEntry;
import io.github.qcow2tostdout.image.ClusterSet;
import io.github.qcow2tostdout.image.L2Format;
import io.github.qcow2tostdout.image.TableBudget;
import io.github.qcow2tostdout.image.TableReader;
import io.github.qcow2tostdout.image.Validity;
import java.io.IOException;

/**
 * Dumps L1 tables and their L2 tables. Each L2 table is dumped once, for the first L1 entry that
 * refers to it: snapshots share them, and a hostile image could refer to one a million times.
 */
final class MappingSection {
  /** The most entries of an L1 table that QEMU takes. */
  static final long MAX_L1_ENTRIES = Limits.MAX_L1_BYTES / TableReader.ENTRY_SIZE;

  private final Target target;
  private final TableView view;
  private final DumpParts parts;
  private final L2Format format;
  private final TableReader l1Reader;
  private final TableReader l2Reader;
  private final ClusterSet seen = new ClusterSet();

  private final TableBudget budget;

  private long shared;

  MappingSection(Target target, DumpParts parts) {
    this.target = target;
    view = target.view().tables();
    this.parts = parts;
    format = L2Format.of(target.header());
    l1Reader = new TableReader(target.file());
    l2Reader = new TableReader(target.file());
    budget = TableBudget.of(target.file());
  }

  /** Dumps an L1 table and the L2 tables that were not dumped yet. */
  void show(String what, long offset, long entries) throws IOException {
    if (!parts.l1() && !parts.l2()) {
      return;
    }
    // Without the L1 table what is wrong with it is said with the L2 tables.
    if (parts.l1()) {
      view.beginL1Table(offset, entries);
    } else {
      view.beginL2Tables();
    }
    long there = target.readable(what, offset, entries, MAX_L1_ENTRIES);
    if (budget.take(there) < there) {
      target.problem(what, offset, "L1 tables overlap; no more of them are read");
      there = 0;
    }
    if (parts.l1()) {
      l1Reader.forEachInUse(what, offset, there, TableReader.ENTRY_SIZE, this::l1Entry);
      view.endL1Table();
    }
    if (parts.l2()) {
      if (parts.l1()) {
        view.beginL2Tables();
      }
      shared = 0;
      l1Reader.forEachInUse(what, offset, there, TableReader.ENTRY_SIZE, this::l2Table);
    }
    if (parts.l2() || !parts.l1()) {
      view.endL2Tables(shared);
    }
  }

  private void l1Entry(long index, long at, long entry, long none) throws IOException {
    view.l1Entry(index, at, entry, l1Validity(target, entry));
  }

  /** Whether an L1 entry can be right. */
  static Validity l1Validity(Target target, long entry) {
    long offset = TableEntry.hostOffset(entry);
    return Validity.of(
        (entry & TableEntry.L1_RESERVED) == 0
            && (offset == 0 ? entry == 0 : target.isCluster(offset)));
  }

  private void l2Table(long l1Index, long at, long l1Entry, long none) throws IOException {
    long offset = TableEntry.hostOffset(l1Entry);
    if (offset == 0) {
      return;
    }
    if (!target.isCluster(offset)) {
      target.cannotFollow("L2 table of L1 entry " + l1Index, offset);
      return;
    }
    switch (seen.add(offset >> format.clusterBits())) {
      case KNOWN -> shared++;
      case NO_ROOM ->
          target.problem(
              "L2 table of L1 entry " + l1Index, offset, "too many tables; it is not read");
      case NEW -> newL2Table(l1Index, offset);
    }
  }

  private void newL2Table(long l1Index, long offset) throws IOException {
    long guestOffset = (l1Index * format.entries()) << format.clusterBits();
    view.beginL2Table(l1Index, offset, guestOffset);
    if (!target.file().holds(offset, target.clusterSize())) {
      target.checkWhole("L2 table of L1 entry " + l1Index, offset);
    }
    l2Reader.forEachInUse(
        "L2 table",
        offset,
        format.entries(),
        format.entrySize(),
        (index, at, entry, bitmap) -> {
          long guest = guestOffset + (index << format.clusterBits());
          Validity validity = format.judge(entry, bitmap, target.fileSize(), guest);
          view.l2Entry(
              new L2Row(format.kind(entry), format, index, at, guest, entry, bitmap, validity));
        });
    view.endL2Table();
  }
}
