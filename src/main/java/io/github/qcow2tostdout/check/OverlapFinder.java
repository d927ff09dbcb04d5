package io.github.qcow2tostdout.check;

import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.image.SnapshotTable;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Goes through the image a second time, to name what claims the clusters that are under suspicion.
 */
final class OverlapFinder implements References {
  /** How many users of a cluster that may share it are held: more are of the same kinds. */
  private static final int MAX_USERS = 8;

  private record User(Structure structure, String name) {}

  private final int clusterSize;
  private final int clusterBits;

  /** Suspects of which only users are known that may share them. */
  private final NavigableMap<Long, List<User>> users = new TreeMap<>();

  /** By cluster the names of two that may not. */
  private final Map<Long, String> overlaps = new TreeMap<>();

  private OverlapFinder(OpenedImage image, Map<Long, Boolean> suspects) {
    clusterSize = image.clusterSize();
    clusterBits = image.geometry().clusterBits();
    for (long cluster : suspects.keySet()) {
      users.put(cluster, new ArrayList<>());
    }
  }

  /** Finds the overlaps among the suspects. */
  static void find(
      OpenedImage image,
      SnapshotTable snapshots,
      DiskRefcounts disk,
      Claims claims,
      Findings findings)
      throws IOException {
    OverlapFinder finder = new OverlapFinder(image, claims.suspects());
    new ImageWalk(
            image, snapshots, finder, DiskRefcounts.untold(image), new Findings(), new CheckStatistics(), Progress.NONE)
        .run();
    long[] table = disk.table();
    for (int i = 0; i < table.length; i++) {
      if (table[i] > 0) {
        finder.region(
            Structure.REFCOUNT_BLOCK, i, table[i] & -finder.clusterSize, finder.clusterSize, 1);
      }
    }
    finder.overlaps.forEach((cluster, names) ->
        findings.add(
            Finding.at(
                FindingKind.OVERLAP,
                "cluster " + cluster,
                cluster << finder.clusterBits,
                names,
                "one of them")));
  }

  @Override
  public void region(Structure structure, long number, long offset, long length, long weight) {
    if (offset >= 0 && length > 0 && offset <= Long.MAX_VALUE - length) {
      long last = (offset + length - 1) >>> clusterBits;
      use(structure, number, 0, offset >>> clusterBits, last, weight);
    }
  }

  @Override
  public void clusters(Structure structure, long number, long offset, long count, long weight) {
    long first = offset >>> clusterBits;
    use(structure, number, number < 0 ? 0 : clusterSize, first, first + count - 1, weight);
  }

  /**
   * A structure uses clusters.
   *
   * @param number of the structure at the first
   * @param step from its number at one to that at the next
   */
  private void use(
      Structure structure, long number, long step, long first, long last, long weight) {
    if (users.isEmpty()) {
      return;
    }
    Iterator<Map.Entry<Long, List<User>>> suspects =
        users.subMap(first, true, last, true).entrySet().iterator();
    while (suspects.hasNext()) {
      Map.Entry<Long, List<User>> suspect = suspects.next();
      List<User> found = suspect.getValue();
      long here = number + (suspect.getKey() - first) * step;
      Optional<User> other = conflicting(found, structure);
      if (other.isPresent() || (weight > 1 && !mayShare(structure, structure))) {
        String name = structure.name(here);
        overlaps.put(suspect.getKey(), other.map(User::name).orElse(name) + " and " + name);
        // What an image of millions of overlaps would have named again and again.
        suspects.remove();
      } else if (found.size() < MAX_USERS) {
        found.add(new User(structure, structure.name(here)));
      }
    }
  }

  private static Optional<User> conflicting(List<User> found, Structure structure) {
    for (User user : found) {
      if (!mayShare(structure, user.structure())) {
        return Optional.of(user);
      }
    }
    return Optional.empty();
  }

  @Override
  public void partial(Structure structure, long number, long offset, long used, long weight) {
    region(structure, number, offset, clusterSize, weight);
  }

  private static boolean mayShare(Structure one, Structure other) {
    if (one.isCompressed() && other.isCompressed()) {
      return true;
    }
    boolean sameDisk = one == other && (one == Structure.L2_TABLE || one == Structure.DATA);
    return !sameDisk
        && one.isSharedBySnapshots()
        && other.isSharedBySnapshots()
        && one.kindOfSnapshot() == other.kindOfSnapshot();
  }
}
