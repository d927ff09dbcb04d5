package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.format.CryptoField;
import io.github.qcow2tostdout.format.HeaderExtension;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.format.Limits;
import io.github.qcow2tostdout.image.BitmapDirectory;
import io.github.qcow2tostdout.image.ClusterSet;
import io.github.qcow2tostdout.image.Extension;
import io.github.qcow2tostdout.image.HeaderArea;
import io.github.qcow2tostdout.image.PointerTable;
import io.github.qcow2tostdout.image.SnapshotWalk;
import io.github.qcow2tostdout.image.StructureListener;
import io.github.qcow2tostdout.image.StructureWalk;
import io.github.qcow2tostdout.image.TableBudget;
import io.github.qcow2tostdout.image.TableReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.PrimitiveIterator;

/**
 * Dumps where each structure is, in the order of the file. There may be millions of L2 tables: of
 * each structure that is one cluster only the cluster's number is held.
 */
final class LocationSection implements StructureListener {
  private final Target target;
  private final HeaderArea area;
  private final boolean silent;
  private final StructureWalk walk;
  private final List<Location> locations = new ArrayList<>();
  private final ClusterSet refcountBlocks = new ClusterSet();
  private final ClusterSet l2Tables = new ClusterSet();
  private final ClusterSet bitmapData = new ClusterSet();
  private final TableBudget l1Budget;
  private final TableBudget bitmapBudget;

  /**
   * A section.
   *
   * @param silent whether what can't be read was said before
   */
  LocationSection(Target target, HeaderArea area, boolean silent) {
    this.target = target;
    this.area = area;
    this.silent = silent;
    walk = new StructureWalk(target.file(), target.header(), this);
    l1Budget = TableBudget.of(target.file());
    bitmapBudget = TableBudget.of(target.file());
  }

  void show() throws IOException {
    target.view().beginLocations();
    header();
    walk.refcountTable();
    walk.l1Table();
    snapshots();
    for (Extension extension : area.extensions()) {
      extension(extension);
    }
    print();
    target.view().endLocations();
  }

  private void header() {
    add(0, target.header().get(HeaderField.HEADER_LENGTH), "header");
    if (area.backingFile().isPresent()) {
      add(
          target.header().get(HeaderField.BACKING_FILE_OFFSET),
          target.header().get(HeaderField.BACKING_FILE_SIZE),
          "backing file name");
    }
  }

  private void snapshots() throws IOException {
    if (target.header().get(HeaderField.NB_SNAPSHOTS) == 0) {
      return;
    }
    SnapshotWalk snapshots = new SnapshotWalk(target.file(), target.header());
    long offset = target.header().get(HeaderField.SNAPSHOTS_OFFSET);
    try {
      walk.snapshots(snapshots);
    } catch (ImageException e) {
      problem("snapshot table", offset, e.fact());
    }
    add(offset, snapshots.size(), "snapshot table");
  }

  private void extension(Extension extension) throws IOException {
    add(
        extension.offset(),
        extension.size(),
        "header extension 0x" + Integer.toHexString(extension.type()));
    if (extension.type() == HeaderExtension.CRYPTO_HEADER
        && extension.data().capacity() >= CryptoField.SIZE) {
      add(
          CryptoField.OFFSET.get(extension.data()),
          CryptoField.LENGTH.get(extension.data()),
          "crypto header");
    }
    if (extension.type() == HeaderExtension.BITMAPS) {
      try {
        bitmaps(BitmapDirectory.read(target.file(), extension));
      } catch (ImageException e) {
        problem("bitmaps extension", extension.offset(), "its length is " + extension.length());
      }
    }
  }

  private void bitmaps(BitmapDirectory directory) throws IOException {
    add(directory.offset(), directory.size(), "bitmap directory");
    if (directory.problem().isPresent()) {
      problem("bitmap directory", directory.offset(), directory.problem().get());
    }
    walk.bitmaps(directory);
  }

  @Override
  public Reading table(PointerTable table, long there) throws IOException {
    String name =
        switch (table.kind()) {
          case REFCOUNT_TABLE -> "refcount table";
          case L1_TABLE -> "L1 table";
          case SNAPSHOT_L1_TABLE -> "L1 table of snapshot " + table.number();
          case BITMAP_TABLE -> "bitmap table " + table.number();
        };
    // An L1 table without entries is nowhere, whatever its offset says.
    if (table.entries() > 0 || !isL1(table)) {
      add(table.offset(), table.size(), name);
    }
    long readable = target.isAligned(table.offset()) ? there : 0;
    return new Reading(
        name,
        switch (table.kind()) {
          case REFCOUNT_TABLE ->
              Math.min(readable, Limits.MAX_REFCOUNT_TABLE_BYTES / TableReader.ENTRY_SIZE);
          case L1_TABLE, SNAPSHOT_L1_TABLE ->
              within(
                  l1Budget,
                  Math.min(readable, MappingSection.MAX_L1_ENTRIES),
                  table,
                  name,
                  "L1 tables");
          case BITMAP_TABLE -> within(bitmapBudget, readable, table, name, "bitmap tables");
        },
        false);
  }

  private static boolean isL1(PointerTable table) {
    return table.kind() == PointerTable.Kind.L1_TABLE
        || table.kind() == PointerTable.Kind.SNAPSHOT_L1_TABLE;
  }

  private long within(
      TableBudget budget, long entries, PointerTable table, String name, String tables)
      throws IOException {
    if (budget.take(entries) == entries) {
      return entries;
    }
    problem(name, table.offset(), tables + " overlap; no more of them are read");
    return 0;
  }

  @Override
  public void entry(PointerTable table, long index, long entry) throws IOException {
    long offset = table.target(entry);
    switch (table.kind()) {
      case REFCOUNT_TABLE -> add(refcountBlocks, offset, "refcount block " + index);
      case L1_TABLE, SNAPSHOT_L1_TABLE -> add(l2Tables, offset, "an L2 table");
      case BITMAP_TABLE -> add(bitmapData, offset, "a cluster of bitmap data");
    }
  }

  private void add(long offset, long size, String structure) {
    locations.add(new Location(offset, size, structure));
  }

  private void add(ClusterSet set, long offset, String what) throws IOException {
    if (offset == 0) {
      return;
    }
    if (!target.isAligned(offset) || offset < 0) {
      problem(what, offset, "is not at the start of a cluster");
    } else if (set.add(offset / target.clusterSize()) == ClusterSet.Added.NO_ROOM) {
      problem(what, offset, "is one too many, or too far away");
    }
  }

  private void problem(String structure, long offset, String text) throws IOException {
    if (!silent) {
      target.problem(structure, offset, text);
    }
  }

  /** Four sorted lists make one. */
  private void print() throws IOException {
    // Not by a Comparator made of method references: their classes are not in the start-up archive.
    locations.sort(Location::compare);
    List<Clusters> lists =
        List.of(
            new Clusters(refcountBlocks.drainSorted(), "refcount block"),
            new Clusters(l2Tables.drainSorted(), "L2 table"),
            new Clusters(bitmapData.drainSorted(), "bitmap data"));
    for (Location location : locations) {
      printBefore(lists, location.offset());
      print(location);
    }
    // Unsigned: all of them.
    printBefore(lists, -1);
  }

  private void printBefore(List<Clusters> lists, long end) throws IOException {
    while (true) {
      Clusters first = lists.getFirst();
      for (Clusters list : lists) {
        first = Long.compareUnsigned(list.next, first.next) < 0 ? list : first;
      }
      if (Long.compareUnsigned(first.next, end) >= 0) {
        return;
      }
      print(new Location(first.next, target.clusterSize(), first.structure));
      first.advance();
    }
  }

  private void print(Location location) throws IOException {
    target.view().location(location, Dump.inFile(target, location.offset(), location.size()));
  }

  /** Structures of one cluster each. */
  private final class Clusters {
    private final PrimitiveIterator.OfLong clusters;
    private final String structure;

    /** Where the next is; -1, the largest, at the end. */
    private long next;

    Clusters(PrimitiveIterator.OfLong clusters, String structure) {
      this.clusters = clusters;
      this.structure = structure;
      advance();
    }

    void advance() {
      next = clusters.hasNext() ? clusters.nextLong() * target.clusterSize() : -1;
    }
  }
}
