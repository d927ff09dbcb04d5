package io.github.qcow2tostdout.format;

/**
 * Entries of the L1 table, of standard L2 tables and of the refcount table.
 *
 * <pre>
 * bit  0         L2: the cluster reads as zeroes (version 3)
 *      9 - 55    host offset; refcount table: 9 - 63
 *      62        L2: the cluster is compressed
 *      63        copied: the refcount is exactly 1 (not in the refcount table)
 * </pre>
 *
 * <p>Source: qcow2 specification, "Cluster mapping".
 */
public final class TableEntry {
  /** Nothing is allocated. */
  public static final long UNALLOCATED = 0;

  /** Bit 63: the refcount of what the entry points to is exactly 1. */
  public static final long COPIED = 1L << 63;

  /** Bits 9 to 55. */
  public static final long HOST_OFFSET_MASK = 0x00ff_ffff_ffff_fe00L;

  /** Bits of an L1 entry that must be 0. */
  public static final long L1_RESERVED = 0x7f00_0000_0000_01ffL;

  /** Bits of a refcount table entry that must be 0. */
  public static final long REFCOUNT_TABLE_RESERVED = 0x1ff;

  private TableEntry() {}

  /** Where an entry of the refcount table points to, in bytes; may come out negative. */
  public static long refcountBlockOffset(long entry) {
    return entry & ~REFCOUNT_TABLE_RESERVED;
  }

  /** Whether bit 63 is set. */
  public static boolean isCopied(long entry) {
    return (entry & COPIED) != 0;
  }

  /**
   * An L1 or L2 entry for an L2 table or a data cluster that nothing else refers to.
   *
   * @param hostOffset bytes, a multiple of the cluster size, below {@link Limits#HOST_OFFSET_LIMIT}
   */
  public static long copied(long hostOffset) {
    return hostOffset | COPIED;
  }

  /** Where an L1 or L2 entry points to, in bytes. */
  public static long hostOffset(long entry) {
    return entry & HOST_OFFSET_MASK;
  }
}
