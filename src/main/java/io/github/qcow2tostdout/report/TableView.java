package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.image.Validity;
import java.io.IOException;

/** What refcount table, refcount blocks, L1 and L2 tables look like in a dump. */
interface TableView {
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
}
