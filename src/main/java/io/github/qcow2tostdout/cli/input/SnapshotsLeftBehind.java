package io.github.qcow2tostdout.cli.input;

import io.github.qcow2tostdout.format.SnapshotField;
import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.image.Snapshot;
import io.github.qcow2tostdout.image.SnapshotTable;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The internal snapshots of an image, a line each. */
final class SnapshotsLeftBehind {
  private SnapshotsLeftBehind() {}

  static List<String> lines(OpenedImage image) throws IOException {
    SnapshotTable table = SnapshotTable.readPadded(image.file(), image.header());
    List<String> lines = new ArrayList<>();
    for (Snapshot snapshot : table.snapshots()) {
      lines.add(
          "left behind: "
              + snapshot.title()
              + " of "
              + Instant.ofEpochSecond(snapshot.get(SnapshotField.DATE_SEC))
              + ", a disk of "
              + Long.toUnsignedString(snapshot.diskSize().orElse(image.diskSize()))
              + " bytes, "
              + Long.toUnsignedString(snapshot.vmStateSize())
              + " bytes of VM state");
    }
    if (table.problem().isPresent()) {
      lines.add(
          "left behind: further snapshots, which can't be read: " + table.problem().get().fact());
    }
    return lines;
  }
}
