package io.github.qcow2tostdout.restore;

import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.L2Entry;
import io.github.qcow2tostdout.format.Limits;
import io.github.qcow2tostdout.format.TableEntry;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.L2Format;
import io.github.qcow2tostdout.image.L2Problems;
import io.github.qcow2tostdout.image.OpenedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** The tables of an image that arrives, as far as they have come: where its data will be. */
final class KeptTables {
  /** Clusters with higher numbers come in no stream. */
  static final long MAX_CLUSTER = Integer.MAX_VALUE;

  private final BoundedFile.Bytes kept;
  private final L2Format format;
  private final L2Problems problems;
  private final long l1Offset;
  private final long l1Size;
  private final long diskSize;
  private final int reachBits;
  private final int entrySize;
  private final Optional<Decryption> decryption;
  private final ByteBuffer words = ByteBuffer.allocate(2 * Long.BYTES);

  /**
   * @param decryption of the data, if it is encrypted
   */
  KeptTables(OpenedImage image, BoundedFile.Bytes kept, Optional<Decryption> decryption) {
    this.kept = kept;
    format = L2Format.of(image.header());
    problems = new L2Problems(format);
    l1Offset = image.get(HeaderField.L1_TABLE_OFFSET);
    diskSize = image.diskSize();
    reachBits = image.geometry().l2ReachBits();
    l1Size = Math.min(image.get(HeaderField.L1_SIZE), ceil(diskSize, reachBits));
    entrySize = format.entrySize();
    this.decryption = decryption;
  }

  private static long ceil(long size, int bits) {
    return (size >>> bits) + ((size & ((1L << bits) - 1)) == 0 ? 0 : 1);
  }

  L2Format format() {
    return format;
  }

  /** What decrypts the data, if it is encrypted. */
  Optional<Decryption> decryption() {
    return decryption;
  }

  long diskSize() {
    return diskSize;
  }

  /** Entries of the L1 table that the disk needs. */
  long l1Size() {
    return l1Size;
  }

  /** log2 of the bytes of disk that an L2 table maps. */
  int reachBits() {
    return reachBits;
  }

  /** An entry of the L1 table. */
  long l1Entry(long index) throws IOException {
    return word(l1Offset + index * Long.BYTES);
  }

  /**
   * Which entries of the L1 table lead to which cluster: the cluster's number in the upper half of
   * a word, the entry's in the lower, ascending.
   */
  long[] tablePlaces() throws IOException {
    long[] places = new long[16];
    int count = 0;
    for (long index = 0; index < l1Size; index++) {
      long entry = l1Entry(index);
      long offset = TableEntry.hostOffset(entry);
      long cluster = offset >>> format.clusterBits();
      boolean right =
          (entry & TableEntry.L1_RESERVED) == 0
              && (offset & ((1L << format.clusterBits()) - 1)) == 0;
      if (offset != 0 && right && cluster <= MAX_CLUSTER) {
        if (count == places.length) {
          places = Arrays.copyOf(places, count * 2);
        }
        places[count] = cluster << Integer.SIZE | index;
        count++;
      }
    }
    places = Arrays.copyOf(places, count);
    Arrays.sort(places);
    return places;
  }

  /** The first word of an entry of an L2 table. */
  long entry(long table, int index) throws IOException {
    return word(table + (long) index * entrySize);
  }

  /** The bitmap of an entry of an L2 table; 0 without extended L2 entries. */
  long bitmap(long table, int index) throws IOException {
    return format.extended() ? word(table + (long) index * entrySize + Long.BYTES) : 0;
  }

  private long word(long offset) throws IOException {
    words.clear().limit(Long.BYTES);
    kept.read(words, offset);
    return words.getLong(0);
  }

  /** Where on the disk it starts what an entry maps. */
  long guestOffset(long l1Index, int index) {
    return (l1Index << reachBits) + ((long) index << format.clusterBits());
  }

  /**
   * Where the data of an entry starts in the stream.
   *
   * @return negative if it has none, or none that comes
   */
  long dataOffset(long entry, long bitmap, long guestOffset) {
    if (entry == 0 || guestOffset >= diskSize) {
      return -1;
    }
    long offset;
    if (L2Entry.isCompressed(entry)) {
      if (decryption.isPresent()) {
        // There is no such; at the end it is an error.
        return -1;
      }
      offset = L2Entry.compressedOffset(entry, format.clusterBits());
    } else if (format.kind(entry) == L2Format.Kind.NORMAL
        && !(format.extended() && L2Entry.allocatedSubclusters(bitmap) == 0)) {
      offset = TableEntry.hostOffset(entry);
    } else {
      return -1;
    }
    return offset >>> format.clusterBits() <= MAX_CLUSTER
            && problems.find(entry, bitmap, guestOffset).isEmpty()
        ? offset
        : -1;
  }

  /** Bytes from the start of compressed data to the end of its last sector. */
  int compressedLength(long entry) {
    return (int)
        Math.min(L2Entry.compressedLength(entry, format.clusterBits()), BoundedFile.MAX_READ);
  }

  /** The same up to where its last sector starts, in which it may end. */
  static int leastLength(int compressedLength) {
    return Math.max(1, compressedLength - Limits.SECTOR_SIZE + 1);
  }
}
