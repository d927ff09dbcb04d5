package io.github.qcow2tostdout.scan;

import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.plan.AllocationMap;
import io.github.qcow2tostdout.plan.IndexSet;
import io.github.qcow2tostdout.source.ChangeSign;
import io.github.qcow2tostdout.source.DataExtents;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.util.Optional;

/** Where a disk holds data, without an image of it. */
public final class DataMap {
  private final SourceGuard guard;
  private final DataExtents extents;
  private final long diskSize;

  private DataMap(SourceGuard guard, DataExtents extents, long diskSize) {
    this.guard = guard;
    this.extents = extents;
    this.diskSize = diskSize;
  }

  /**
   * What the source says by itself.
   *
   * @param sign what of the source's identity must stay as it is
   * @throws ImageException.SourceChanged if the disk is no longer what was opened
   */
  public static DataMap ofExtents(Source source, ChangeSign sign) throws IOException {
    SourceGuard guard = SourceGuard.of(source, Optional.empty(), sign);
    return new DataMap(guard, source.exactDataExtents(), AllocationMap.diskSize(source.size()));
  }

  /**
   * The clusters that hold a byte that is not zero: what the conversion would allocate.
   *
   * @param sign what of the source's identity must stay as it is
   * @throws ImageException.SourceChanged if the disk was written during the scan
   * @throws IOException if the disk can't be read
   */
  public static DataMap tested(Source source, Geometry geometry, ChangeSign sign, Progress progress)
      throws IOException {
    SourceGuard guard = SourceGuard.of(source, Optional.empty(), sign);
    ScanStrategy strategy = ScanStrategy.choose(source);
    IndexSet data =
        new AllocationScan(source, ScanOptions.TEST_ALL, geometry, true, strategy, progress)
            .run()
            .data();
    guard.verify();
    return new DataMap(
        guard,
        new ClusterExtents(data.runsFrom(0), geometry.clusterBits(), source.size()),
        AllocationMap.diskSize(source.size()));
  }

  /** The ranges that hold data; the last may end before the disk does. */
  public DataExtents extents() {
    return extents;
  }

  /** Bytes of the disk as a guest sees it: in whole sectors. */
  public long diskSize() {
    return diskSize;
  }

  /** Throws if the disk was written since the map was begun. */
  public void verify() throws IOException {
    guard.verify();
  }

  /** Runs of clusters as extents of bytes. */
  private record ClusterExtents(IndexSet.Runs runs, int clusterBits, long size)
      implements DataExtents {
    @Override
    public boolean next() {
      return runs.next();
    }

    @Override
    public long from() {
      return runs.from() << clusterBits;
    }

    @Override
    public long to() {
      // The end of the last cluster may be beyond all numbers.
      return runs.to() > size >> clusterBits ? size : runs.to() << clusterBits;
    }
  }
}
