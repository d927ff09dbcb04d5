package io.github.qcow2tostdout.plan;

import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.format.L2Entry;
import io.github.qcow2tostdout.format.Limits;
import java.util.List;
import java.util.Optional;

/**
 * Refuses images that QEMU would refuse to open, or that entries can't address, and names the
 * cluster size that would work.
 */
public final class ReachCheck {
  private ReachCheck() {}

  /** Checks what is known before the disk is scanned: the header and the L1 table. */
  public static void verifyBeforeScan(ImageOptions options, long diskSize, String name)
      throws ImageException.Unsupported {
    ClusterCounts fewest = ClusterCounts.of(options, diskSize, 0, 0);
    // How full the disk is will be known later: rather a size that works in any case.
    verify(options, fewest, List.of(fewest.fullyAllocated(options), fewest), name);
  }

  /**
   * Checks all limits.
   *
   * @param name the disk, for the error
   */
  static void verify(ImageOptions options, ClusterCounts counts, String name)
      throws ImageException.Unsupported {
    verify(options, counts, List.of(counts), name);
  }

  /**
   * @param estimates what the remedy is to hold for, the best first
   */
  private static void verify(
      ImageOptions options, ClusterCounts counts, List<ClusterCounts> estimates, String name)
      throws ImageException.Unsupported {
    Optional<String> objection = objection(options, counts);
    if (objection.isPresent()) {
      throw new ImageException.Unsupported(name, objection.get(), remedy(options, estimates));
    }
  }

  private static Optional<String> objection(ImageOptions options, ClusterCounts counts) {
    Geometry geometry = options.geometry();
    long content = HeaderCluster.contentSize(options);
    if (content > geometry.clusterSize()) {
      return Optional.of(
          "header, feature name table and "
              + names(options)
              + " take "
              + content
              + " bytes, a cluster holds "
              + geometry.clusterSize());
    }
    long l1Bytes =
        geometry.l1Size(geometry.clusters(counts.diskSize())) * Geometry.TABLE_ENTRY_SIZE;
    if (l1Bytes > Limits.MAX_L1_BYTES) {
      return Optional.of(
          "the L1 table takes " + l1Bytes + " bytes, QEMU opens at most " + Limits.MAX_L1_BYTES);
    }
    long refcountTableBytes = counts.refcountTable() * geometry.clusterSize();
    if (refcountTableBytes > Limits.MAX_REFCOUNT_TABLE_BYTES) {
      return Optional.of(
          "the refcount table takes "
              + refcountTableBytes
              + " bytes, QEMU opens at most "
              + Limits.MAX_REFCOUNT_TABLE_BYTES);
    }
    long addressed = options.dataInside() ? counts.total() : geometry.clusters(counts.diskSize());
    if (addressed > Limits.HOST_OFFSET_LIMIT >> geometry.clusterBits()) {
      return Optional.of("host offsets go beyond 2^56, which is all that table entries can hold");
    }
    if (options.compression().isPresent()
        && counts.total()
            > L2Entry.compressedOffsetLimit(geometry.clusterBits()) >> geometry.clusterBits()) {
      return Optional.of(
          "compressed clusters can't lie beyond "
              + L2Entry.compressedOffsetLimit(geometry.clusterBits())
              + " bytes with this cluster size");
    }
    return Optional.empty();
  }

  private static String names(ImageOptions options) {
    if (options.backing().isEmpty()) {
      return "data file name";
    }
    return options.dataInside() ? "backing file name" : "the names of data file and backing file";
  }

  private static String remedy(ImageOptions options, List<ClusterCounts> estimates) {
    for (ClusterCounts counts : estimates) {
      int bits = options.geometry().clusterBits() + 1;
      for (; bits <= Limits.MAX_CLUSTER_BITS; bits++) {
        ImageOptions larger = options.withClusterBits(bits);
        if (objection(larger, counts.atMost(larger)).isEmpty()) {
          return "use a cluster size of " + sizeOf(bits);
        }
      }
    }
    // Descriptors of smaller clusters have more room for the offset.
    for (int bits = options.geometry().clusterBits() - 1;
        options.compression().isPresent() && bits >= Limits.MIN_CLUSTER_BITS;
        bits--) {
      ImageOptions smaller = options.withClusterBits(bits);
      if (estimates.stream()
          .allMatch(c -> objection(smaller, c.atMost(smaller, options)).isEmpty())) {
        return "use a cluster size of " + sizeOf(bits);
      }
    }
    // Nor do narrower refcounts: where 2M clusters don't reach, offsets or the L1 table end first.
    return "no cluster size helps";
  }

  private static String sizeOf(int clusterBits) {
    int kibibytes = (1 << clusterBits) >> 10;
    return kibibytes < 1
        ? (1 << clusterBits) + " bytes"
        : kibibytes < 1024 ? kibibytes + "K" : (kibibytes >> 10) + "M";
  }
}
