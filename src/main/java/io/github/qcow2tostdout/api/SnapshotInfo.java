package io.github.qcow2tostdout.api;

import io.github.qcow2tostdout.format.SnapshotField;
import io.github.qcow2tostdout.image.Snapshot;
import java.io.IOException;
import java.time.Instant;
import java.util.OptionalLong;

/**
 * An internal snapshot.
 *
 * @param id what tells it from the others
 * @param name what the user called it
 * @param taken when
 * @param virtualSize bytes of its disk; empty if it does not say
 * @param vmStateSize bytes of VM state; 0 if there is only a disk
 */
public record SnapshotInfo(
    String id, String name, Instant taken, OptionalLong virtualSize, long vmStateSize) {
  static SnapshotInfo of(Snapshot snapshot) throws IOException {
    return new SnapshotInfo(
        snapshot.id(),
        snapshot.name(),
        Instant.ofEpochSecond(
            snapshot.get(SnapshotField.DATE_SEC), snapshot.get(SnapshotField.DATE_NSEC)),
        snapshot.diskSize(),
        snapshot.vmStateSize());
  }
}
