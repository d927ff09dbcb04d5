package io.github.qcow2tostdout.image;

import io.github.qcow2tostdout.format.Feature;
import io.github.qcow2tostdout.format.Header;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.L2Entry;
import io.github.qcow2tostdout.format.Limits;
import io.github.qcow2tostdout.format.TableEntry;

/**
 * How an image's L2 entries are to be read, and what one says by itself.
 *
 * @param clusterBits log2 of the cluster size
 * @param version of the image
 * @param extended whether entries have a bitmap of subclusters
 * @param dataFile whether data is in an external file
 */
public record L2Format(int clusterBits, long version, boolean extended, boolean dataFile) {
  /** What an entry maps its guest cluster to. */
  public enum Kind {
    UNALLOCATED("unallocated"),
    NORMAL("normal"),
    ZERO("zero"),
    /** Reads as zeroes, but has a cluster. */
    ZERO_ALLOCATED("zero-allocated"),
    COMPRESSED("compressed");

    private final String toolName;

    Kind(String toolName) {
      this.toolName = toolName;
    }

    /** The name in reports. */
    public String toolName() {
      return toolName;
    }
  }

  /** That of an image whose {@code cluster_bits} is within the limits. */
  public static L2Format of(Header header) {
    return new L2Format(
        (int) header.get(HeaderField.CLUSTER_BITS),
        header.get(HeaderField.VERSION),
        Feature.EXTENDED_L2.isSetIn(header),
        Feature.DATA_FILE.isSetIn(header));
  }

  /** Bytes of an entry. */
  public int entrySize() {
    return extended ? TableReader.EXTENDED_ENTRY_SIZE : TableReader.ENTRY_SIZE;
  }

  /** Entries of a table. */
  public int entries() {
    return (1 << clusterBits) / entrySize();
  }

  /** What the entry is; reserved bits are not looked at. */
  public Kind kind(long entry) {
    if (L2Entry.isCompressed(entry)) {
      return Kind.COMPRESSED;
    }
    boolean offset = TableEntry.hostOffset(entry) != 0;
    if (!extended && L2Entry.isZero(entry)) {
      return offset ? Kind.ZERO_ALLOCATED : Kind.ZERO;
    }
    // In an external data file offset 0 is a cluster like any other.
    return offset || (dataFile && TableEntry.isCopied(entry)) ? Kind.NORMAL : Kind.UNALLOCATED;
  }

  /** The bits that are set and must not be. */
  public long reservedBits(long entry) {
    if (L2Entry.isCompressed(entry)) {
      return entry & TableEntry.COPIED;
    }
    return entry & (L2Entry.RESERVED | (extended || version < 3 ? L2Entry.ZERO : 0));
  }

  /**
   * Whether the entry can be right. Refcounts are not looked at, nor the data.
   *
   * @param fileSize bytes of the image's file
   * @param guestOffset bytes, of the guest cluster
   */
  public Validity judge(long entry, long bitmap, long fileSize, long guestOffset) {
    boolean right =
        reservedBits(entry) == 0
            && switch (kind(entry)) {
              case UNALLOCATED -> L2Entry.allocatedSubclusters(bitmap) == 0;
              case ZERO -> true;
              case NORMAL, ZERO_ALLOCATED -> {
                long host = TableEntry.hostOffset(entry);
                yield (dataFile ? host == guestOffset : host < fileSize)
                    && (host & ((1L << clusterBits) - 1)) == 0
                    && (L2Entry.allocatedSubclusters(bitmap) & L2Entry.zeroSubclusters(bitmap))
                        == 0;
              }
              case COMPRESSED ->
                  bitmap == 0
                      && !dataFile
                      && L2Entry.compressedOffset(entry, clusterBits) < fileSize
                      && L2Entry.compressedOffset(entry, clusterBits) < Limits.HOST_OFFSET_LIMIT;
            };
    return Validity.of(right);
  }
}
