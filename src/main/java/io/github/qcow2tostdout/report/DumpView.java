package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.HeaderArea;
import io.github.qcow2tostdout.image.HeaderValidity;
import io.github.qcow2tostdout.image.Snapshot;
import io.github.qcow2tostdout.image.Validity;
import java.io.IOException;
import java.util.List;

/**
 * What a dump looks like. {@link Dump} calls it in the order of the file's structures; what begins
 * also ends, and what is between belongs to it.
 */
interface DumpView {
  /** The start of the document. */
  void begin(BoundedFile file) throws IOException;

  /**
   * The header.
   *
   * @param known the fields of which the value is known
   */
  void header(HeaderArea area, List<HeaderField> known, HeaderValidity validity) throws IOException;

  /** What the extensions look like. */
  ExtensionView extensions();

  /** The backing file's name. */
  void backingFile(long offset, String name, Validity validity) throws IOException;

  /** What refcounts and mapping look like, those of snapshots too. */
  TableView tables();

  /** Where a byte of the disk is, behind the entries that say so. */
  void guestPlace(GuestPlace place) throws IOException;

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
