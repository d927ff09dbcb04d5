package io.github.qcow2tostdout.plan;

import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.format.RefcountEntries;
import java.util.ArrayList;
import java.util.List;

/**
 * Where everything lies in the image. It follows from counts alone: contiguous regions in the order
 * of {@link Region.Kind}, with no gap between them. Stream decoders depend on that order.
 */
public final class LayoutPlan {
  private final ImageOptions options;
  private final ClusterCounts counts;
  private final List<Region> regions;
  private final Placement placement;

  private LayoutPlan(
      ImageOptions options, ClusterCounts counts, List<Region> regions, Placement placement) {
    this.options = options;
    this.counts = counts;
    this.regions = regions;
    this.placement = placement.at(region(Region.Kind.DATA).from());
  }

  /**
   * Lays an image out.
   *
   * @param name the disk, for errors
   * @throws ImageException.Unsupported if QEMU would refuse to open the image
   */
  public static LayoutPlan of(ImageOptions options, AllocationMap map, String name)
      throws ImageException.Unsupported {
    return of(options, map, Placement.of(options, map.clusters().count()), name);
  }

  /**
   * As the other, with the data somewhere in particular.
   *
   * @param placement of the map's allocated clusters
   */
  public static LayoutPlan of(
      ImageOptions options, AllocationMap map, Placement placement, String name)
      throws ImageException.Unsupported {
    ClusterCounts counts =
        ClusterCounts.of(options, map.diskSize(), map.l2Tables().count(), placement);
    ReachCheck.verify(options, counts, name);
    return lay(options, counts, placement);
  }

  /** Lays out the image of the same disk with every cluster allocated; QEMU may refuse it. */
  public LayoutPlan fullyAllocated() {
    long guestClusters = geometry().clusters(counts.diskSize());
    return lay(options, counts.fullyAllocated(options), Placement.of(options, guestClusters));
  }

  private static LayoutPlan lay(ImageOptions options, ClusterCounts counts, Placement placement) {
    List<Region> regions = new ArrayList<>();
    long end = 0;
    for (Region.Kind kind : Region.Kind.values()) {
      if (kind == Region.Kind.CRYPTO_HEADER && !options.isEncrypted()) {
        continue;
      }
      long from = end;
      long size =
          kind == Region.Kind.DATA
              ? placement.size()
              : Math.multiplyExact(counts.of(kind), (long) options.geometry().clusterSize());
      end = Math.addExact(from, size);
      regions.add(new Region(kind, from, end));
    }
    return new LayoutPlan(options, counts, List.copyOf(regions), placement);
  }

  /** The options that it was made for. */
  public ImageOptions options() {
    return options;
  }

  /** All regions, in order, from the image's first byte to its last; some may be empty. */
  public List<Region> regions() {
    return regions;
  }

  /** The region of that kind. */
  public Region region(Region.Kind kind) {
    for (Region region : regions) {
      if (region.kind() == kind) {
        return region;
      }
    }
    throw new IllegalStateException("no region " + kind);
  }

  /** Where the data clusters lie. */
  public Placement placement() {
    return placement;
  }

  /** The refcounts of all clusters of the image, and of those behind it; for one thread. */
  public RefcountEntries.Runs refcounts() {
    long metadata = counts.total() - counts.data();
    RefcountEntries.Runs data = placement.refcounts();
    return cluster -> {
      if (cluster < metadata) {
        return new RefcountEntries.Run(1, metadata);
      }
      if (cluster >= counts.total()) {
        return RefcountEntries.Run.REST;
      }
      RefcountEntries.Run run = data.at(cluster - metadata);
      return new RefcountEntries.Run(run.refcount(), metadata + run.end());
    };
  }

  /** Bytes of the image. */
  public long imageSize() {
    return regions.getLast().to();
  }

  /** Clusters of the image. */
  public long imageClusters() {
    return counts.total();
  }

  /** The cluster size and the width of refcounts. */
  public Geometry geometry() {
    return options.geometry();
  }
}
