package io.github.qcow2tostdout.image;

import io.github.qcow2tostdout.format.Header;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.ImageException;
import java.io.IOException;

/** Reads the snapshot table an entry at a time, so that only one is held. */
public final class SnapshotWalk {
  private final BoundedFile file;
  private final boolean padded;
  private final long count;
  private final long offset;
  private long at;
  private int number;
  private long size;

  public SnapshotWalk(BoundedFile file, Header header) {
    this(file, header, false);
  }

  SnapshotWalk(BoundedFile file, Header header, boolean padded) {
    this.file = file;
    this.padded = padded;
    count = header.get(HeaderField.NB_SNAPSHOTS);
    offset = header.get(HeaderField.SNAPSHOTS_OFFSET);
    at = offset;
  }

  /** Whether the header says that there are more. */
  public boolean hasNext() {
    return number < count;
  }

  /** Bytes of the entries that were read, without the padding of the last. */
  public long size() {
    return size;
  }

  /** How many were read. */
  public int number() {
    return number;
  }

  /**
   * The next entry.
   *
   * @throws ImageException if it can't be read; then neither can those behind it
   */
  public Snapshot next() throws IOException {
    if (count > SnapshotTable.MAX_SNAPSHOTS) {
      throw new ImageException.Unsupported(
          file.name(),
          "Snapshot table too large: " + count + " entries, at most " + SnapshotTable.MAX_SNAPSHOTS,
          removing(count - SnapshotTable.MAX_SNAPSHOTS));
    }
    Snapshot snapshot = Snapshot.read(file, at, number, padded);
    if (at - offset + snapshot.size() > SnapshotTable.MAX_SIZE) {
      throw new ImageException.Unsupported(
          file.name(),
          "Snapshot table is too big: more than " + SnapshotTable.MAX_SIZE + " bytes",
          removing(count - number));
    }
    size = at - offset + snapshot.size();
    at = snapshot.next();
    number++;
    return snapshot;
  }

  private static String removing(long overhanging) {
    return "qemu-img check -r all removes the "
        + overhanging
        + " overhanging snapshots, try that on a copy";
  }
}
