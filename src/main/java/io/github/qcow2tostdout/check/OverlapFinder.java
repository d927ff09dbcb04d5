package io.github.qcow2tostdout.check;

import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.image.SnapshotTable;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Goes through the image a second time, to name what claims the clusters that are under suspicion.
 */
final class OverlapFinder implements References {
  /** How many users of a cluster are named. */
  private static final int MAX_NAMES = 8;

  private record User(Structure structure, String name) {}

  private final int clusterSize;
  private final int clusterBits;
  private final NavigableMap<Long, Suspect> users = new TreeMap<>();

  /** The same by number, for the one cluster that most structures have. */
  private final LongCounts numbers = new LongCounts();

  private final List<Suspect> suspects = new ArrayList<>();

  /** The users of a cluster, as far as they are named. */
  private static final class Suspect {
    private final List<User> found = new ArrayList<>();

    /** Whether two that may not share it are found, of which no later user takes the place. */
    private boolean decided;

    /** Adds a user, as often as it is one. */
    void add(Structure structure, long number, long weight) {
      if (decided
          || (found.size() == MAX_NAMES && mayShare(structure, found.getFirst().structure()))) {
        return;
      }
      User user = new User(structure, structure.name(number));
      for (long i = 0; i < weight && found.size() < MAX_NAMES; i++) {
        decided = found.size() < MAX_NAMES - 1 && conflicts(structure);
        found.add(user);
        if (decided) {
          return;
        }
      }
      // The one that does not fit may come behind many that do.
      if (!mayShare(structure, found.getFirst().structure())) {
        found.set(found.size() - 1, user);
      }
    }

    private boolean conflicts(Structure structure) {
      for (User other : found) {
        if (!mayShare(structure, other.structure())) {
          return true;
        }
      }
      return false;
    }
  }

  private OverlapFinder(OpenedImage image, Map<Long, Boolean> suspects) {
    clusterSize = image.clusterSize();
    clusterBits = image.geometry().clusterBits();
    for (long cluster : suspects.keySet()) {
      Suspect suspect = new Suspect();
      this.suspects.add(suspect);
      users.put(cluster, suspect);
      // A number from 1 on: 0 says that it is none.
      numbers.put(cluster + 1, this.suspects.size());
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
            image, snapshots, finder, disk, new Findings(), new CheckStatistics(), Progress.NONE)
        .run();
    long[] table = disk.table();
    for (int i = 0; i < table.length; i++) {
      if (table[i] > 0) {
        finder.region(
            Structure.REFCOUNT_BLOCK, i, table[i] & -finder.clusterSize, finder.clusterSize, 1);
      }
    }
    for (Map.Entry<Long, Suspect> entry : finder.users.entrySet()) {
      finder.report(entry.getKey(), entry.getValue().found, findings);
    }
  }

  @Override
  public void region(Structure structure, long number, long offset, long length, long weight) {
    if (offset >= 0 && length > 0 && offset <= Long.MAX_VALUE - length) {
      long first = offset >>> clusterBits;
      long last = (offset + length - 1) >>> clusterBits;
      if (first == last) {
        one(structure, number, first, weight);
      } else {
        for (Suspect suspect : users.subMap(first, true, last, true).values()) {
          suspect.add(structure, number, weight);
        }
      }
    }
  }

  private void one(Structure structure, long number, long cluster, long weight) {
    int index = (int) numbers.get(cluster + 1);
    if (index > 0) {
      suspects.get(index - 1).add(structure, number, weight);
    }
  }

  @Override
  public void clusters(Structure structure, long number, long offset, long count, long weight) {
    long first = offset >>> clusterBits;
    if (count == 1) {
      one(structure, number, first, weight);
      return;
    }
    for (long cluster : users.subMap(first, true, first + count - 1, true).keySet()) {
      long index = number < 0 ? number : number + (cluster - first) * clusterSize;
      region(structure, index, cluster << clusterBits, clusterSize, weight);
    }
  }

  @Override
  public void partial(Structure structure, long number, long offset, long used, long weight) {
    region(structure, number, offset, clusterSize, weight);
  }

  private void report(long cluster, List<User> found, Findings findings) {
    for (int i = 0; i < found.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (!mayShare(found.get(i).structure(), found.get(j).structure())) {
          findings.add(
              Finding.at(
                  FindingKind.OVERLAP,
                  "cluster " + cluster,
                  cluster << clusterBits,
                  found.get(j).name() + " and " + found.get(i).name(),
                  "one of them"));
          return;
        }
      }
    }
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
