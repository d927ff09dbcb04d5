package io.github.qcow2tostdout.format;

/**
 * What the first 8 bytes of an L2 entry say; see {@link TableEntry} for the bits that it shares
 * with L1 entries.
 *
 * <p>Source: qcow2 specification, "Cluster mapping".
 */
public final class L2Entry {
  /** The cluster is compressed; the rest of the entry is a descriptor. */
  public static final long COMPRESSED = 1L << 62;

  /** The cluster reads as zeroes; not in version 2, and not with extended L2 entries. */
  public static final long ZERO = 1;

  /** Bits of a standard entry that must be 0, the zero flag not among them. */
  public static final long RESERVED = 0x3f00_0000_0000_01feL;

  /** log2 of {@link #SUBCLUSTERS}. */
  public static final int SUBCLUSTER_BITS = 5;

  /** Subclusters of a cluster with extended L2 entries. */
  public static final int SUBCLUSTERS = 1 << SUBCLUSTER_BITS;

  private L2Entry() {}

  /**
   * The second 8 bytes of an extended L2 entry.
   *
   * @param allocated which subclusters are allocated, bit 0 for the first
   * @param zero which subclusters read as zeroes; none that is allocated
   */
  public static long bitmap(int allocated, int zero) {
    return Integer.toUnsignedLong(allocated) | Integer.toUnsignedLong(zero) << SUBCLUSTERS;
  }

  /** Which subclusters are allocated, by the second 8 bytes of an extended L2 entry. */
  public static int allocatedSubclusters(long bitmap) {
    return (int) bitmap;
  }

  /** Which subclusters read as zeroes, by the second 8 bytes of an extended L2 entry. */
  public static int zeroSubclusters(long bitmap) {
    return (int) (bitmap >>> SUBCLUSTERS);
  }

  /** Whether it is a compressed cluster's descriptor. */
  public static boolean isCompressed(long entry) {
    return (entry & COMPRESSED) != 0;
  }

  /** Whether the zero flag is set. */
  public static boolean isZero(long entry) {
    return (entry & ZERO) != 0;
  }

  /**
   * The descriptor of a compressed cluster.
   *
   * @param offset bytes, below {@link #compressedOffsetLimit}
   * @param length bytes, 1 to a cluster
   */
  public static long compressed(long offset, int length, int clusterBits) {
    long sectors = (offset + length - 1) / Limits.SECTOR_SIZE - offset / Limits.SECTOR_SIZE;
    return COMPRESSED | sectors << sectorsShift(clusterBits) | offset;
  }

  /** Compressed data starts below this offset: that of a descriptor has no more bits. */
  public static long compressedOffsetLimit(int clusterBits) {
    return Math.min(Limits.HOST_OFFSET_LIMIT, 1L << sectorsShift(clusterBits));
  }

  /** Where the compressed data starts, in bytes: bits 0 up to {@code 62 - (clusterBits - 8)}. */
  public static long compressedOffset(long entry, int clusterBits) {
    return entry & ((1L << sectorsShift(clusterBits)) - 1);
  }

  /** Sectors of 512 bytes that the compressed data touches behind its first. */
  public static int additionalSectors(long entry, int clusterBits) {
    int shift = sectorsShift(clusterBits);
    return (int) (entry >>> shift & ((1L << (62 - shift)) - 1));
  }

  /** Bytes from the start of the compressed data to the end of its last sector. */
  public static long compressedLength(long entry, int clusterBits) {
    long inSector = compressedOffset(entry, clusterBits) & (Limits.SECTOR_SIZE - 1);
    return (additionalSectors(entry, clusterBits) + 1L) * Limits.SECTOR_SIZE - inSector;
  }

  private static int sectorsShift(int clusterBits) {
    return 62 - (clusterBits - 8);
  }
}
