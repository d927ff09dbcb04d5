package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.format.BitmapField;
import io.github.qcow2tostdout.format.BitmapTableEntry;
import io.github.qcow2tostdout.format.HeaderExtension;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.format.Limits;
import io.github.qcow2tostdout.format.SnapshotField;
import io.github.qcow2tostdout.format.TableEntry;
import io.github.qcow2tostdout.image.BitmapDirectory;
import io.github.qcow2tostdout.image.BitmapEntry;
import io.github.qcow2tostdout.image.ClusterSet;
import io.github.qcow2tostdout.image.Extension;
import io.github.qcow2tostdout.image.HeaderArea;
import io.github.qcow2tostdout.image.Snapshot;
import io.github.qcow2tostdout.image.SnapshotWalk;
import io.github.qcow2tostdout.image.TableReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.PrimitiveIterator;

/**
 * Dumps where each structure is, in the order of the file. There may be millions of L2 tables: of
 * each structure that is one cluster only the cluster's number is held.
 */
final class LocationSection {
  private final Target target;
  private final HeaderArea area;
  private final boolean silent;
  private final TableReader reader;
  private final List<Location> locations = new ArrayList<>();
  private final ClusterSet refcountBlocks = new ClusterSet();
  private final ClusterSet l2Tables = new ClusterSet();
  private final ClusterSet bitmapData = new ClusterSet();

  /** Tables that don't overlap are not larger than the file: what is beyond is not read. */
  private long l1Budget;

  private long bitmapBudget;

  /**
   * A section.
   *
   * @param silent whether what can't be read was said before
   */
  LocationSection(Target target, HeaderArea area, boolean silent) {
    this.target = target;
    this.area = area;
    this.silent = silent;
    reader = new TableReader(target.file());
    l1Budget = target.fileSize();
    bitmapBudget = target.fileSize();
  }

  void show() throws IOException {
    target.view().beginLocations();
    header();
    refcounts();
    l1(
        "L1 table",
        target.header().get(HeaderField.L1_TABLE_OFFSET),
        target.header().get(HeaderField.L1_SIZE));
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

  private void refcounts() throws IOException {
    long offset = target.header().get(HeaderField.REFCOUNT_TABLE_OFFSET);
    long size = target.header().get(HeaderField.REFCOUNT_TABLE_CLUSTERS) * target.clusterSize();
    add(offset, size, "refcount table");
    long entries = Math.min(size, Limits.MAX_REFCOUNT_TABLE_BYTES) / TableReader.ENTRY_SIZE;
    reader.forEachInUse(
        "refcount table",
        offset,
        target.isAligned(offset) ? entries : 0,
        TableReader.ENTRY_SIZE,
        (index, at, entry, none) ->
            add(refcountBlocks, TableEntry.refcountBlockOffset(entry), "refcount block " + index));
  }

  private void l1(String what, long offset, long entries) throws IOException {
    if (entries == 0) {
      return;
    }
    add(offset, entries * TableReader.ENTRY_SIZE, what);
    long there =
        TableReader.entriesInFile(
            target.file(),
            offset,
            target.isAligned(offset) ? Math.min(entries, MappingSection.MAX_L1_ENTRIES) : 0,
            TableReader.ENTRY_SIZE);
    l1Budget -= there * TableReader.ENTRY_SIZE;
    if (l1Budget < 0) {
      l1Budget = 0;
      problem(what, offset, "L1 tables overlap; no more of them are read");
      return;
    }
    reader.forEachInUse(
        what,
        offset,
        there,
        TableReader.ENTRY_SIZE,
        (index, at, entry, none) -> add(l2Tables, TableEntry.hostOffset(entry), "an L2 table"));
  }

  private void snapshots() throws IOException {
    if (target.header().get(HeaderField.NB_SNAPSHOTS) == 0) {
      return;
    }
    SnapshotWalk walk = new SnapshotWalk(target.file(), target.header());
    long offset = target.header().get(HeaderField.SNAPSHOTS_OFFSET);
    try {
      while (walk.hasNext()) {
        String what = "L1 table of snapshot " + walk.number();
        Snapshot snapshot = walk.next();
        l1(what, snapshot.get(SnapshotField.L1_TABLE_OFFSET), snapshot.get(SnapshotField.L1_SIZE));
      }
    } catch (ImageException e) {
      problem("snapshot table", offset, e.fact());
    }
    add(offset, walk.size(), "snapshot table");
  }

  private void extension(Extension extension) throws IOException {
    add(
        extension.offset(),
        8 + extension.length(),
        "header extension 0x" + Integer.toHexString(extension.type()));
    if (extension.type() == HeaderExtension.CRYPTO_HEADER && extension.data().capacity() >= 16) {
      add(extension.data().getLong(0), extension.data().getLong(8), "crypto header");
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
    int number = 0;
    for (BitmapEntry bitmap : directory.bitmaps()) {
      bitmapTable(bitmap, "bitmap table " + number);
      number++;
    }
  }

  private void bitmapTable(BitmapEntry bitmap, String what) throws IOException {
    long offset = bitmap.get(BitmapField.BITMAP_TABLE_OFFSET);
    long entries = bitmap.get(BitmapField.BITMAP_TABLE_SIZE);
    add(offset, entries * TableReader.ENTRY_SIZE, what);
    long there =
        TableReader.entriesInFile(
            target.file(), offset, target.isAligned(offset) ? entries : 0, TableReader.ENTRY_SIZE);
    bitmapBudget -= there * TableReader.ENTRY_SIZE;
    if (bitmapBudget < 0) {
      bitmapBudget = 0;
      problem(what, offset, "bitmap tables overlap; no more of them are read");
      return;
    }
    reader.forEachInUse(
        what,
        offset,
        there,
        TableReader.ENTRY_SIZE,
        (index, at, entry, none) -> {
          if (BitmapTableEntry.type(entry) == BitmapTableEntry.Type.SERIALIZED) {
            add(bitmapData, TableEntry.hostOffset(entry), "a cluster of bitmap data");
          }
        });
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
