package io.github.qcow2tostdout.inspect;

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
    long count = header.get(HeaderField.NB_SNAPSHOTS);
    long offset = header.get(HeaderField.SNAPSHOTS_OFFSET);
    List<Snapshot> snapshots = new ArrayList<>();
    long at = offset;
    long size = 0;
    Optional<ImageException> problem = Optional.empty();
    try {
      if (count > MAX_SNAPSHOTS) {
        throw new ImageException.Unsupported(
            file.name(),
            "Snapshot table too large: " + count + " entries, at most " + MAX_SNAPSHOTS,
            "check where the image comes from");
      }
      for (int number = 0; number < count; number++) {
        Snapshot snapshot = Snapshot.read(file, at, number);
        size = at - offset + snapshot.size();
        at = snapshot.next();
        if (size > MAX_SIZE) {
          throw new ImageException.Unsupported(
              file.name(),
              "Snapshot table is too big: more than " + MAX_SIZE + " bytes",
              "check where the image comes from");
        }
        snapshots.add(snapshot);
      }
    } catch (ImageException e) {
      problem = Optional.of(e);
    }
    return new SnapshotTable(offset, size, List.copyOf(snapshots), problem);
  }
}
