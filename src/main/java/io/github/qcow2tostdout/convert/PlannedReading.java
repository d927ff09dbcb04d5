package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.plan.AllocationMap;
import io.github.qcow2tostdout.plan.IndexSet;
import io.github.qcow2tostdout.plan.LayoutPlan;
import io.github.qcow2tostdout.plan.Region;
import io.github.qcow2tostdout.scan.ScanStrategy;
import io.github.qcow2tostdout.source.DataExtents;
import io.github.qcow2tostdout.source.Source;
import java.io.IOException;

/** How a disk is read for a part of an image that was planned before. */
final class PlannedReading {
  private PlannedReading() {}

  /**
   * Chooses by where the data of the part is; of packed clusters it is estimated which these are.
   */
  static ScanStrategy choose(Source source, AllocationMap map, LayoutPlan plan, long from, long to)
      throws IOException {
    Region data = plan.region(Region.Kind.DATA);
    IndexSet clusters = map.clusters();
    if (to <= data.from() || data.size() == 0 || clusters.isEmpty()) {
      return ScanStrategy.CACHED;
    }
    double perByte = (double) clusters.count() / data.size();
    long first = rank(Math.max(0, from - data.from()) * perByte, clusters);
    long last = rank((Math.min(to, data.to()) - data.from()) * perByte, clusters);
    return ScanStrategy.chooseForEmission(
        source,
        new Clusters(
            clusters.runsFrom(clusters.select(first)),
            clusters.select(last) + 1,
            map.geometry().clusterBits(),
            source.size()));
  }

  private static long rank(double estimate, IndexSet clusters) {
    return Math.clamp((long) estimate, 0, clusters.count() - 1);
  }

  /** Clusters up to one of them, as extents of the disk. */
  private static final class Clusters implements DataExtents {
    private final IndexSet.Runs runs;
    private final long end;
    private final int clusterBits;
    private final long diskSize;

    Clusters(IndexSet.Runs runs, long end, int clusterBits, long diskSize) {
      this.runs = runs;
      this.end = end;
      this.clusterBits = clusterBits;
      this.diskSize = diskSize;
    }

    @Override
    public boolean next() {
      return runs.next() && runs.from() < end;
    }

    @Override
    public long from() {
      return runs.from() << clusterBits;
    }

    @Override
    public long to() {
      return Math.min(diskSize, Math.min(end, runs.to()) << clusterBits);
    }
  }
}
