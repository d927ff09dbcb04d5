package io.github.qcow2tostdout.report;

/**
 * What a dump is to have.
 *
 * @param header the header, and behind it the extensions
 * @param extensions the extensions
 * @param bitmaps of the extensions that of the bitmaps
 * @param tables the tables, those that the following don't leave out
 * @param refcounts the refcount table and the refcount blocks
 * @param l1 L1 tables
 * @param l2 L2 tables
 * @param eachEntry whether each L2 entry has a line of its own, in the text
 * @param snapshots the snapshot table, and what its entries point to
 * @param locations where each structure is
 * @param offsets whether each line or row says where it comes from
 * @param validity whether each line or row says if it can be right
 */
public record DumpParts(
    boolean header,
    boolean extensions,
    boolean bitmaps,
    boolean tables,
    boolean refcounts,
    boolean l1,
    boolean l2,
    boolean eachEntry,
    boolean snapshots,
    boolean locations,
    boolean offsets,
    boolean validity) {

  /** Whether it has everything, so that the header's lines have the columns of the tables. */
  boolean everything() {
    return header && tables && locations;
  }

  /** Whether any extension is shown. */
  boolean anyExtension() {
    return header || extensions || bitmaps;
  }

  /** Whether all extensions are shown. */
  boolean allExtensions() {
    return header || extensions;
  }
}
