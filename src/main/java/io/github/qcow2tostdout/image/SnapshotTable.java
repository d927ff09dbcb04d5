package io.github.qcow2tostdout.image;

import io.github.qcow2tostdout.format.Header;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.ImageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The snapshot table, as far as it can be read.
 *
 * @param offset of the table
 * @param size bytes of its entries, without the padding of the last
 * @param snapshots in the order of the table
 * @param problem why there are no more of them; empty if all could be read
 */
public record SnapshotTable(
    long offset, long size, List<Snapshot> snapshots, Optional<ImageException> problem) {
  /** The most snapshots that QEMU takes. */
  public static final int MAX_SNAPSHOTS = 65536;

  /** The largest table that QEMU takes, in bytes. */
  public static final long MAX_SIZE = 1024L * MAX_SNAPSHOTS;

  /** Reads the table; one that is out of bounds gives an empty list and a problem. */
  public static SnapshotTable read(BoundedFile file, Header header) throws IOException {
    return read(header, new SnapshotWalk(file, header));
  }

  /** As the other; but what lies behind the end of the file is zero, as it is for QEMU. */
  public static SnapshotTable readPadded(BoundedFile file, Header header) throws IOException {
    return read(header, new SnapshotWalk(file, header, true));
  }

  private static SnapshotTable read(Header header, SnapshotWalk walk) throws IOException {
    List<Snapshot> snapshots = new ArrayList<>();
    Optional<ImageException> problem = Optional.empty();
    try {
      while (walk.hasNext()) {
        snapshots.add(walk.next());
      }
    } catch (ImageException e) {
      problem = Optional.of(e);
    }
    return new SnapshotTable(
        header.get(HeaderField.SNAPSHOTS_OFFSET), walk.size(), List.copyOf(snapshots), problem);
  }
}
