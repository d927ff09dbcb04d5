package io.github.qcow2tostdout.metadata;

import io.github.qcow2tostdout.format.L2Entry;
import io.github.qcow2tostdout.format.TableEntry;
import io.github.qcow2tostdout.image.EntryReader;
import io.github.qcow2tostdout.image.L2Format;
import java.io.IOException;

/**
 * Looks for bytes that a damaged image uses both as metadata and as the guest's: those may be
 * either.
 */
final class SharedClusters {
  private static final int ENTRIES_AT_ONCE = MetadataStart.PART / Long.BYTES;

  private final Metadata metadata;
  private final L2Format format;
  private final long clusterSize;

  /** The stretch around the last cluster in which nothing is metadata. */
  private long clearFrom;

  private long clearTo;
  private long count;
  private long first = Long.MAX_VALUE;

  private SharedClusters(Metadata metadata) {
    this.metadata = metadata;
    format = L2Format.of(metadata.header());
    clusterSize = 1L << format.clusterBits();
  }

  /**
   * What was found.
   *
   * @param count how many L2 entries lead to metadata
   * @param first the lowest offset that one leads to
   */
  record Found(long count, long first) {}

  /** Goes through all L2 tables. */
  static Found find(Metadata metadata) throws IOException {
    if (!metadata.header().clusterBitsFit()) {
      return new Found(0, 0);
    }
    SharedClusters shared = new SharedClusters(metadata);
    // With a data file no entry leads into the image, whatever it says.
    if (!shared.format.dataFile()) {
      shared.tables();
    }
    return new Found(shared.count, shared.first);
  }

  private void tables() throws IOException {
    EntryReader reader = new EntryReader(metadata.file(), ENTRIES_AT_ONCE);
    for (int i = 0; i < metadata.l2Tables().size(); i++) {
      long table = metadata.l2Tables().get(i);
      // The file may end within an entry.
      long end =
          Math.min(table + clusterSize, metadata.file().size() + Long.BYTES - 1 & -Long.BYTES);
      for (long at = table; at < end; at += (long) ENTRIES_AT_ONCE * Long.BYTES) {
        int count = (int) Math.min(ENTRIES_AT_ONCE, (end - at) / Long.BYTES);
        if (!metadata.file().isHole(at, (long) count * Long.BYTES)) {
          reader.read(at, count, "L2 table");
          entries(reader.entries(), count);
        }
      }
    }
  }

  private void entries(long[] entries, int count) {
    int step = format.entrySize() / Long.BYTES;
    for (int i = 0; i < count; i += step) {
      if (entries[i] != 0) {
        entry(entries[i]);
      }
    }
  }

  private void entry(long entry) {
    if (L2Entry.isCompressed(entry)) {
      long offset = L2Entry.compressedOffset(entry, format.clusterBits());
      data(offset, offset + L2Entry.compressedLength(entry, format.clusterBits()));
    } else if (TableEntry.hostOffset(entry) != 0) {
      data(TableEntry.hostOffset(entry), TableEntry.hostOffset(entry) + clusterSize);
    }
  }

  private void data(long from, long to) {
    if (from >= clearFrom && to <= clearTo) {
      return;
    }
    Pieces pieces = metadata.pieces();
    int next = pieces.firstBehind(from);
    clearFrom = next == 0 ? 0 : pieces.to(next - 1);
    clearTo = next == pieces.size() ? Long.MAX_VALUE : pieces.from(next);
    if (to > clearTo) {
      count++;
      first = Math.min(first, from);
    }
  }
}
