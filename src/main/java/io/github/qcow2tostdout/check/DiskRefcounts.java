package io.github.qcow2tostdout.check;

import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.RefcountEntries;
import io.github.qcow2tostdout.format.TableEntry;
import io.github.qcow2tostdout.image.EntryReader;
import io.github.qcow2tostdout.image.OpenRules;
import io.github.qcow2tostdout.image.OpenedImage;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The refcounts as the image has them. */
final class DiskRefcounts {
  /** The answer for a cluster whose refcount block is not usable. */
  static final long UNREADABLE = Long.MIN_VALUE;

  private final OpenedImage image;
  private final long[] table;
  private final ReferenceCounts counts;
  private final int order;
  private final int blockBits;
  private final boolean anyUnreadable;

  private DiskRefcounts(OpenedImage image, long[] table, long clusters) {
    this.image = image;
    this.table = table;
    order = image.geometry().refcountOrder();
    blockBits = Long.numberOfTrailingZeros(image.geometry().refcountBlockEntries());
    counts = new ReferenceCounts(clusters);
    boolean unreadable = false;
    long blocks = Math.min(table.length, Math.ceilDiv(clusters, 1L << blockBits));
    for (int i = 0; i < blocks; i++) {
      unreadable |= isUnusable(i);
    }
    anyUnreadable = unreadable;
  }

  /**
   * Reads the refcount table, and the refcounts of the first clusters.
   *
   * @param clusters how many: those that the file's length justifies
   */
  static DiskRefcounts read(OpenedImage image, long clusters, Findings findings)
      throws IOException {
    DiskRefcounts refcounts = new DiskRefcounts(image, readTable(image), clusters);
    refcounts.load(clusters, findings);
    return refcounts;
  }

  /** The table without what lies behind the end of the file, which is zero. */
  private static long[] readTable(OpenedImage image) throws IOException {
    long offset = image.get(HeaderField.REFCOUNT_TABLE_OFFSET);
    long bytes = image.get(HeaderField.REFCOUNT_TABLE_CLUSTERS) * image.clusterSize();
    long inFile = Math.max(0, Math.min(bytes, image.fileEnd() - offset));
    long[] table = new long[(int) (inFile / Long.BYTES)];
    EntryReader reader = new EntryReader(image.file(), EntryReader.MAX_ENTRIES / 8);
    for (int at = 0; at < table.length; at += reader.capacity()) {
      int count = Math.min(reader.capacity(), table.length - at);
      reader.read(offset + (long) at * Long.BYTES, count, "refcount table");
      System.arraycopy(reader.entries(), 0, table, at, count);
    }
    return table;
  }

  /** The entries of the refcount table, up to the end of the file. */
  long[] table() {
    return table;
  }

  /** The refcounts of the clusters that the file's length justifies. */
  ReferenceCounts counts() {
    return counts;
  }

  /** Whether the refcounts of some clusters can't be told. */
  boolean anyUnreadable() {
    return anyUnreadable;
  }

  /** The refcount of a cluster, unsigned; or {@link #UNREADABLE}. */
  long get(long cluster) throws IOException {
    long index = cluster >>> blockBits;
    if (index >= table.length) {
      return 0;
    }
    if (isUnusable((int) index)) {
      return UNREADABLE;
    }
    if (cluster < counts.size()) {
      return counts.get(cluster);
    }
    long block = offset((int) index);
    if (block == 0) {
      return 0;
    }
    long bit = (cluster & ((1L << blockBits) - 1)) << order;
    ByteBuffer bytes = image.file().readPadded(block + (bit >>> 6) * 8, 8, "refcount block");
    return RefcountEntries.get(bytes, order, (int) (bit & 63) >>> order);
  }

  /** Whether all clusters of a range have the refcount 1. */
  boolean areOnes(long from, long to) {
    return !anyUnreadable && to <= counts.size() && counts.areOnes(from, to);
  }

  private long offset(int index) {
    return TableEntry.refcountBlockOffset(table[index]);
  }

  private boolean isUnusable(int index) {
    long offset = offset(index);
    return (offset & (image.clusterSize() - 1)) != 0
        || offset < 0
        || offset > OpenRules.MAX_FILE - image.clusterSize();
  }

  private void load(long clusters, Findings findings) throws IOException {
    EntryReader reader = new EntryReader(image.file(), EntryReader.MAX_ENTRIES / 4);
    UsedClusters seen = new UsedClusters(clusters);
    for (int index = 0; index < table.length; index++) {
      long block = offset(index);
      long first = (long) index << blockBits;
      if (block <= 0 || isUnusable(index) || block >= image.fileEnd()) {
        continue;
      }
      boolean isBeyond = first >= clusters;
      if (isBeyond && !seen.add(block >>> image.geometry().clusterBits())) {
        // Blocks that only speak of what is not there are read once, however often they are named.
        continue;
      }
      if (image.file().isHole(block, image.clusterSize())) {
        continue;
      }
      int words = image.clusterSize() / Long.BYTES;
      for (int at = 0; at < words; at += reader.capacity()) {
        int count = Math.min(reader.capacity(), words - at);
        reader.read(block + (long) at * Long.BYTES, count, "refcount block");
        long from = first + ((long) at << (6 - order));
        loadWords(reader.entries(), count, from, block + (long) at * Long.BYTES, findings);
      }
    }
  }

  private void loadWords(long[] words, int count, long from, long offset, Findings findings) {
    long ones = RefcountEntries.ones(order);
    int perWord = Long.SIZE >>> order;
    ByteBuffer single = ByteBuffer.allocate(Long.BYTES);
    int i = 0;
    while (i < count) {
      long word = words[i];
      int end = i + 1;
      while (end < count && words[end] == word) {
        end++;
      }
      long cluster = from + (long) i * perWord;
      long to = from + (long) end * perWord;
      if (word == ones && to <= counts.size()) {
        counts.setOnes(cluster, to);
      } else if (word != 0) {
        single.putLong(0, word);
        for (long at = cluster; at < to; at++) {
          load(
              at,
              RefcountEntries.get(single, order, (int) (at - from) % perWord),
              offset,
              findings);
        }
      }
      i = end;
    }
  }

  private void load(long cluster, long value, long offset, Findings findings) {
    if (value == 0) {
      return;
    }
    if (cluster < counts.size()) {
      counts.set(cluster, value);
    }
    if (cluster << image.geometry().clusterBits() >= image.fileEnd()) {
      findings.add(
          FindingKind.REFCOUNT_BEYOND_END,
          1,
          () ->
              Finding.at(
                  FindingKind.REFCOUNT_BEYOND_END,
                  "refcount block of cluster " + cluster,
                  offset,
                  "refcount " + Long.toUnsignedString(value),
                  "0, the file has " + image.file().size() + " bytes"));
    }
  }
}
