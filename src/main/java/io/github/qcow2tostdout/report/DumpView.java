package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.format.FeatureName;
import io.github.qcow2tostdout.inspect.BitmapDirectory;
import io.github.qcow2tostdout.inspect.BitmapEntry;
import io.github.qcow2tostdout.inspect.BoundedFile;
import io.github.qcow2tostdout.inspect.Extension;
import io.github.qcow2tostdout.inspect.HeaderArea;
import io.github.qcow2tostdout.inspect.HeaderValidity;
import io.github.qcow2tostdout.inspect.Snapshot;
import io.github.qcow2tostdout.inspect.Validity;
import java.io.IOException;
import java.util.List;

/**
 * What a dump looks like. {@link Dump} calls it in the order of the file's structures; what begins
 * also ends, and what is between belongs to it.
 */
interface DumpView {
  /** The start of the document. */
  void begin(BoundedFile file) throws IOException;

  /** The header. */
  void header(HeaderArea area, HeaderValidity validity) throws IOException;

  /** The extensions. */
  void beginExtensions() throws IOException;

  /** An extension that is only its data. */
  void extension(Extension extension) throws IOException;

  /** The feature name table. */
  void featureNames(Extension extension, List<FeatureName> names) throws IOException;

  /** The bitmaps extension with its directory. */
  void beginBitmaps(Extension extension, BitmapDirectory directory) throws IOException;

  /** A bitmap. */
  void beginBitmap(BitmapEntry bitmap, BitmapValidity validity) throws IOException;

  /** An entry of the bitmap's table. */
  void bitmapTableEntry(long index, long offset, long entry, int clusterSize, Validity validity)
      throws IOException;

  void endBitmap() throws IOException;

  void endBitmaps() throws IOException;

  void endExtensions() throws IOException;

  /** The backing file's name. */
  void backingFile(long offset, String name, Validity validity) throws IOException;

  /** The refcount table. */
  void beginRefcountTable(long offset, long entries) throws IOException;

  /** An entry of the refcount table that is not 0. */
  void refcountTableEntry(long index, long offset, long entry, Validity validity)
      throws IOException;

  void endRefcountTable() throws IOException;

  /** All refcount blocks. */
  void beginRefcountBlocks() throws IOException;

  /** A refcount block. */
  void beginRefcountBlock(long index, long offset, long firstCluster) throws IOException;

  /** Successive clusters with the same refcount, which is not 0. */
  void refcounts(RefcountRun run, Validity validity) throws IOException;

  void endRefcountBlock() throws IOException;

  void endRefcountBlocks() throws IOException;

  /** An L1 table, the active one or a snapshot's. */
  void beginL1Table(long offset, long entries) throws IOException;

  /** An L1 entry that is not 0. */
  void l1Entry(long index, long offset, long entry, Validity validity) throws IOException;

  void endL1Table() throws IOException;

  /** The L2 tables of an L1 table. */
  void beginL2Tables() throws IOException;

  /** An L2 table. */
  void beginL2Table(long l1Index, long offset, long guestOffset) throws IOException;

  /** An L2 entry that is not 0. */
  void l2Entry(L2Row row) throws IOException;

  void endL2Table() throws IOException;

  /**
   * The end of the L2 tables.
   *
   * @param shared how many were left out, because they were shown for another L1 entry
   */
  void endL2Tables(long shared) throws IOException;

  /** The snapshot table. */
  void beginSnapshots(long offset, long count) throws IOException;

  /** A snapshot. */
  void beginSnapshot(int number, Snapshot snapshot, SnapshotValidity validity) throws IOException;

  void endSnapshot() throws IOException;

  void endSnapshots() throws IOException;

  /** Where each structure is, in the order of the file. */
  void beginLocations() throws IOException;

  /** A structure. */
  void location(Location location, Validity validity) throws IOException;

  void endLocations() throws IOException;

  /** Something that could not be read, at the place where it would have been shown. */
  void problem(Problems.Problem problem) throws IOException;

  /** The end of the document. */
  void end(Problems problems) throws IOException;
}
