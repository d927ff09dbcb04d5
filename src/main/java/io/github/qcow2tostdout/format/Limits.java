package io.github.qcow2tostdout.format;

/** What QEMU accepts, where that is less than what the fields can hold. */
public final class Limits {
  /** Smallest {@code cluster_bits}: 512 bytes. */
  public static final int MIN_CLUSTER_BITS = 9;

  /** Largest {@code cluster_bits} that QEMU opens: 2 MiB. */
  public static final int MAX_CLUSTER_BITS = 21;

  /** Smallest {@code cluster_bits} with extended L2 entries: a subcluster is a sector at least. */
  public static final int MIN_EXTENDED_L2_CLUSTER_BITS = 14;

  /** Longest name of a backing file in bytes. */
  public static final int MAX_BACKING_NAME = 1023;

  /** Longest name of a backing file's format in bytes. */
  public static final int MAX_BACKING_FORMAT = 15;

  /** Largest {@code refcount_order}: entries of 64 bits. */
  public static final int MAX_REFCOUNT_ORDER = 6;

  /** Largest active L1 table in bytes ({@code QCOW_MAX_L1_SIZE}). */
  public static final long MAX_L1_BYTES = 32L << 20;

  /** The largest disk that any L1 table reaches: 2 EiB, with clusters of 2 MiB. */
  public static final long MAX_VIRTUAL_SIZE =
      MAX_L1_BYTES
          / Long.BYTES
          * (1L << MAX_CLUSTER_BITS)
          * ((1L << MAX_CLUSTER_BITS) / Long.BYTES);

  /** Largest refcount table in bytes ({@code QCOW_MAX_REFTABLE_SIZE}). */
  public static final long MAX_REFCOUNT_TABLE_BYTES = 8L << 20;

  /** Host offsets in L1 and L2 entries end before this: bits 9 to 55 hold them. */
  public static final long HOST_OFFSET_LIMIT = 1L << 56;

  /** Up to this cluster size QEMU leaves the feature name table out. */
  public static final int MAX_CLUSTER_SIZE_WITHOUT_FEATURE_NAMES = 4096;

  /** The unit of the virtual size: QEMU drops what is beyond the last whole one. */
  public static final int SECTOR_SIZE = 512;

  private Limits() {}
}
