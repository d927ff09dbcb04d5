package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.format.Header;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.Limits;
import io.github.qcow2tostdout.format.SnapshotField;
import io.github.qcow2tostdout.image.Snapshot;
import io.github.qcow2tostdout.image.Validity;

/** Which fields of a snapshot can be right. */
final class SnapshotValidity {
  private static final int V3_EXTRA_DATA = 16;
  private static final long NANOSECONDS = 1_000_000_000;

  private final Header header;
  private final long fileSize;
  private final Snapshot snapshot;

  SnapshotValidity(Header header, long fileSize, Snapshot snapshot) {
    this.header = header;
    this.fileSize = fileSize;
    this.snapshot = snapshot;
  }

  /** What a field looks like. */
  Validity of(SnapshotField field) {
    long value = snapshot.get(field);
    return switch (field) {
      case L1_TABLE_OFFSET -> Validity.of(isTable(value));
      case L1_SIZE -> Validity.of(value <= Limits.MAX_L1_BYTES / Long.BYTES);
      case DATE_NSEC -> Validity.of(value < NANOSECONDS);
      case EXTRA_DATA_SIZE ->
          Validity.of(header.get(HeaderField.VERSION) < 3 || value >= V3_EXTRA_DATA);
      // A name that the file has not gives no snapshot at all.
      case ID_STR_SIZE, NAME_SIZE -> Validity.VALID;
      case DATE_SEC, VM_CLOCK_NSEC, VM_STATE_SIZE -> Validity.NO_OPINION;
    };
  }

  private boolean isTable(long offset) {
    long clusterMask = (1L << header.get(HeaderField.CLUSTER_BITS)) - 1;
    return (offset & clusterMask) == 0
        && offset >= 0
        && (snapshot.get(SnapshotField.L1_SIZE) == 0 || (offset > 0 && offset < fileSize));
  }
}
