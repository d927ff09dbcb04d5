package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.format.Limits;
import java.util.Optional;

/**
 * Refuses images that QEMU would refuse to open, or that entries can't address, and names the
 * cluster size that would work.
 */
final class ReachCheck {
  private ReachCheck() {}

  /**
   * Checks what is known before the disk is scanned: the header and the L1 table.
   *
   * @param sourceSize bytes of the disk
   * @return its virtual size: QEMU counts in sectors and would drop a partial one
   */
  static long verifyBeforeScan(ImageOptions options, long sourceSize, String name)
      throws ImageException.Unsupported {
    if (sourceSize > Limits.MAX_VIRTUAL_SIZE) {
      throw new ImageException.Unsupported(
          name,
          "the disk has "
              + sourceSize
              + " bytes, the L1 table reaches at most "
              + Limits.MAX_VIRTUAL_SIZE,
          "no cluster size helps");
    }
    long diskSize = Math.ceilDiv(sourceSize, Limits.SECTOR_SIZE) * Limits.SECTOR_SIZE;
    verify(options, ClusterCounts.of(options, diskSize, 0, 0), name);
    return diskSize;
  }

  /**
   * Checks all limits.
   *
   * @param name the disk, for the error
   */
  static void verify(ImageOptions options, ClusterCounts counts, String name)
      throws ImageException.Unsupported {
    Optional<String> objection = objection(options, counts);
    if (objection.isPresent()) {
      throw new ImageException.Unsupported(name, objection.get(), remedy(options, counts));
    }
  }

  private static Optional<String> objection(ImageOptions options, ClusterCounts counts) {
    Geometry geometry = options.geometry();
    long content = HeaderCluster.contentSize(options);
    if (content > geometry.clusterSize()) {
      return Optional.of(
          "header, feature name table and data file name take "
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
    return Optional.empty();
  }

  private static String remedy(ImageOptions options, ClusterCounts counts) {
    for (int bits = options.geometry().clusterBits() + 1; bits <= Limits.MAX_CLUSTER_BITS; bits++) {
      ImageOptions larger = options.withClusterBits(bits);
      if (objection(larger, counts.atMost(larger)).isEmpty()) {
        int kibibytes = (1 << bits) >> 10;
        return "use a cluster size of "
            + (kibibytes < 1024 ? kibibytes + "K" : (kibibytes >> 10) + "M");
      }
    }
    return options.geometry().refcountOrder() > 0
        ? "no cluster size helps; try narrower refcounts, or write metadata only with an external"
            + " data file"
        : "no cluster size helps";
  }
}
