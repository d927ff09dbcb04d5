package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.format.SnapshotField;
import io.github.qcow2tostdout.image.Snapshot;
import io.github.qcow2tostdout.image.SnapshotWalk;
import java.io.IOException;

/** Dumps the snapshot table, and the L1 and L2 tables of each snapshot. */
final class SnapshotSection {
  private final Target target;
  private final MappingSection mapping;

  SnapshotSection(Target target, MappingSection mapping) {
    this.target = target;
    this.mapping = mapping;
  }

  void show() throws IOException {
    long offset = target.header().get(HeaderField.SNAPSHOTS_OFFSET);
    long count = target.header().get(HeaderField.NB_SNAPSHOTS);
    if (count == 0) {
      return;
    }
    target.view().beginSnapshots(offset, count);
    SnapshotWalk walk = new SnapshotWalk(target.file(), target.header());
    try {
      while (walk.hasNext()) {
        int number = walk.number();
        snapshot(number, walk.next());
      }
    } catch (ImageException e) {
      target.problem("snapshot table", offset, e.fact());
    }
    target.view().endSnapshots();
  }

  private void snapshot(int number, Snapshot snapshot) throws IOException {
    target
        .view()
        .beginSnapshot(
            number, snapshot, new SnapshotValidity(target.header(), target.fileSize(), snapshot));
    mapping.show(
        "L1 table of snapshot " + number,
        snapshot.get(SnapshotField.L1_TABLE_OFFSET),
        snapshot.get(SnapshotField.L1_SIZE));
    target.view().endSnapshot();
  }
}
