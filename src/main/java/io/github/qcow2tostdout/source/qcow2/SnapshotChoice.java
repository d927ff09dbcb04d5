package io.github.qcow2tostdout.source.qcow2;

import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.image.Snapshot;
import io.github.qcow2tostdout.image.SnapshotTable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.List;

/** Finds a snapshot by what the user calls it. */
final class SnapshotChoice {
  private static final int MAX_LISTED = 10;

  private SnapshotChoice() {}

  /**
   * The one that has an ID, else the one that has a name.
   *
   * @throws FileSystemException if there is none, or more than one
   */
  static Snapshot of(OpenedImage image, String wanted) throws IOException {
    SnapshotTable table = SnapshotTable.readPadded(image.file(), image.header());
    List<Snapshot> named = new ArrayList<>();
    for (Snapshot snapshot : table.snapshots()) {
      if (snapshot.id().equals(wanted)) {
        return snapshot;
      }
      if (snapshot.name().equals(wanted)) {
        named.add(snapshot);
      }
    }
    if (named.size() == 1) {
      return named.getFirst();
    }
    if (named.isEmpty() && table.problem().isPresent()) {
      throw table.problem().get();
    }
    throw new FileSystemException(
        image.file().name(),
        null,
        named.isEmpty()
            ? "has no snapshot " + wanted + "; it has " + list(table.snapshots())
            : "has several snapshots of the name " + wanted + "; say the ID: " + list(named));
  }

  private static String list(List<Snapshot> snapshots) throws IOException {
    List<String> words = new ArrayList<>();
    for (Snapshot snapshot : snapshots.subList(0, Math.min(MAX_LISTED, snapshots.size()))) {
      words.add(snapshot.id() + " (" + snapshot.name() + ")");
    }
    int more = snapshots.size() - words.size();
    return snapshots.isEmpty()
        ? "none"
        : String.join(", ", words) + (more > 0 ? " and " + more + " more" : "");
  }
}
