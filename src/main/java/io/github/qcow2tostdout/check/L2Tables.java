package io.github.qcow2tostdout.check;

import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.image.EntryReader;
import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;

/**
 * Reads the L2 tables that L1 entries point to: those that follow each other in the file together,
 * those in holes not at all, and of those that lie across clusters, and so may overlap, no more
 * bytes than the file has.
 */
final class L2Tables {
  private final OpenedImage image;
  private final L2Walk walk;
  private final Findings findings;
  private final Progress progress;
  private final EntryReader reader;
  private final int clusterSize;
  private final int wordsPerTable;

  /** The L1 indexes of the tables that wait, which follow each other from {@code start} on. */
  private final long[] indexes;

  private long start;
  private int waiting;

  /** Bytes of tables that lie across clusters that are still read. */
  private long unalignedBudget;

  /**
   * Nothing is read yet.
   *
   * @param walk is given each table
   */
  L2Tables(OpenedImage image, L2Walk walk, Findings findings, Progress progress) {
    this.image = image;
    this.walk = walk;
    this.findings = findings;
    this.progress = progress;
    clusterSize = image.clusterSize();
    wordsPerTable = clusterSize / Geometry.TABLE_ENTRY_SIZE;
    int most = Math.max(EntryReader.MAX_ENTRIES, wordsPerTable);
    reader = new EntryReader(image.file(), wordsPerTable, most);
    indexes = new long[reader.capacity() / wordsPerTable];
    unalignedBudget = image.file().size() + EntryReader.MAX_ENTRIES * (long) Long.BYTES;
  }

  /** Reports that the tables of the first entries of the active L1 table are done. */
  void report(long l1Entries) {
    progress.report(Progress.Phase.CHECK, l1Entries * clusterSize, image.l2TableBytes());
  }

  /** A table of the disk, at a cluster, to be read with those that follow it in the file. */
  void add(long offset, long l1Index) throws IOException {
    if (waiting == indexes.length
        || (waiting > 0 && offset != start + (long) waiting * clusterSize)) {
      flush();
    }
    if (waiting == 0) {
      start = offset;
    }
    indexes[waiting] = l1Index;
    waiting++;
  }

  /** Reads those that wait. */
  void flush() throws IOException {
    if (waiting > 0) {
      boolean isHole = image.file().isHole(start, (long) waiting * clusterSize);
      if (!isHole) {
        reader.read(start, waiting * wordsPerTable, "L2 table");
      }
      for (int i = 0; i < waiting; i++) {
        table(isHole, i * wordsPerTable, start + (long) i * clusterSize, indexes[i], 1);
      }
      report(indexes[waiting - 1]);
      waiting = 0;
    }
  }

  /**
   * Reads one table, unless it lies across clusters and too many did before.
   *
   * @param l1Index as {@link L2Walk#table} wants it
   * @param times how many L1 entries point to it
   */
  void read(long offset, long l1Index, long times) throws IOException {
    if ((offset & (clusterSize - 1)) == 0 || mayReadUnaligned(offset)) {
      boolean isHole = image.file().isHole(offset, clusterSize);
      if (!isHole) {
        reader.read(offset, wordsPerTable, "L2 table");
      }
      table(isHole, 0, offset, l1Index, times);
    }
  }

  private void table(boolean isHole, int from, long offset, long l1Index, long times)
      throws IOException {
    if (isHole) {
      walk.hole(offset, l1Index, times);
    } else {
      walk.table(reader.entries(), from, offset, l1Index, times);
    }
  }

  private boolean mayReadUnaligned(long offset) {
    unalignedBudget -= clusterSize;
    if (unalignedBudget < 0) {
      findings.add(
          FindingKind.TABLES_NOT_FOLLOWED,
          1,
          () ->
              Finding.at(
                  FindingKind.TABLES_NOT_FOLLOWED,
                  "L2 table",
                  offset,
                  "one more table that is not at a cluster",
                  "an offset that is a multiple of " + clusterSize));
    }
    return unalignedBudget >= 0;
  }
}
