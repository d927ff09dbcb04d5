package io.github.qcow2tostdout.plan;

import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.ImageException;
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

  private LayoutPlan(ImageOptions options, ClusterCounts counts, List<Region> regions) {
    this.options = options;
    this.counts = counts;
    this.regions = regions;
  }

  /**
   * Lays an image out.
   *
   * @param name the disk, for errors
   * @throws ImageException.Unsupported if QEMU would refuse to open the image
   */
  public static LayoutPlan of(ImageOptions options, AllocationMap map, String name)
      throws ImageException.Unsupported {
    ClusterCounts counts = ClusterCounts.of(options, map);
    ReachCheck.verify(options, counts, name);
    return lay(options, counts);
  }

  /** Lays out the image of the same disk with every cluster allocated; QEMU may refuse it. */
  public LayoutPlan fullyAllocated() {
    return lay(options, counts.fullyAllocated(options));
  }

  private static LayoutPlan lay(ImageOptions options, ClusterCounts counts) {
    List<Region> regions = new ArrayList<>();
    long end = 0;
    for (Region.Kind kind : Region.Kind.values()) {
      long from = end;
      end = Math.addExact(from, Math.multiplyExact(counts.of(kind), (long) clusterSize(options)));
      regions.add(new Region(kind, from, end));
    }
    return new LayoutPlan(options, counts, List.copyOf(regions));
  }

  private static int clusterSize(ImageOptions options) {
    return options.geometry().clusterSize();
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

  /** Bytes of the image, a multiple of the cluster size. */
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
