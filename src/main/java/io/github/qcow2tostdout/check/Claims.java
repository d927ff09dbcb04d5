package io.github.qcow2tostdout.check;

import io.github.qcow2tostdout.image.OpenedImage;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts the uses of host clusters as QEMU does: what ends a cluster or more behind the end of the
 * file is an error and not counted.
 */
final class Claims implements References {
  /** How many clusters that more than one structure claims are looked at closely. */
  private static final int MAX_SUSPECTS = 1000;

  private final OpenedImage image;
  private final Findings findings;
  private final ClusterListener listener;
  private final ReferenceCounts counts;
  private final SharedClusters shared;
  private final long max;
  private final long fileEnd;
  private final int clusterSize;
  private final int clusterBits;
  private final Map<Long, Boolean> suspects = new TreeMap<>();
  private long clusters;

  /**
   * Nothing is used yet.
   *
   * @param clusters of the file
   * @param hasSnapshots whether they may share tables and data with the disk
   * @param listener is told of each cluster that is used
   */
  Claims(
      OpenedImage image,
      long clusters,
      boolean hasSnapshots,
      Findings findings,
      ClusterListener listener) {
    this.image = image;
    this.findings = findings;
    this.listener = listener;
    this.clusters = clusters;
    // What ends less than a cluster behind the end may touch one more.
    counts = new ReferenceCounts(clusters + 1);
    shared = new SharedClusters(clusters + 1, hasSnapshots);
    int bits = 1 << image.geometry().refcountOrder();
    max = bits == 64 ? Long.MAX_VALUE : (1L << bits) - 1;
    fileEnd = image.fileEnd();
    clusterSize = image.clusterSize();
    clusterBits = image.geometry().clusterBits();
  }

  /** How often each cluster is used. */
  ReferenceCounts counts() {
    return counts;
  }

  /** Clusters of the file, and one more if something touches that. */
  long clusters() {
    return clusters;
  }

  /** Clusters that should have one user and have more. */
  Map<Long, Boolean> suspects() {
    return suspects;
  }

  /** Notes a cluster that is used more often than it should be. */
  void suspect(long cluster) {
    if (suspects.size() < MAX_SUSPECTS) {
      suspects.put(cluster, true);
    }
  }

  @Override
  public void region(Structure structure, long number, long offset, long length, long weight) {
    // The data of a compressed cluster may end before its last sector does.
    long needed = structure == Structure.HEADER ? 0 : length - (structure.isCompressed() ? 511 : 0);
    use(structure, number, offset, length, needed, weight);
  }

  @Override
  public void partial(Structure structure, long number, long offset, long used, long weight) {
    use(structure, number, offset, clusterSize, used, weight);
  }

  private void use(
      Structure structure, long number, long offset, long length, long needed, long weight) {
    if (length == 0 || weight == 0) {
      return;
    }
    // Numbers beyond 2^63 come out negative, and are as far out as can be.
    if (offset < 0 || length < 0 || length > fileEnd - offset + clusterSize - 1) {
      beyondEnd(structure, number, offset, length, weight);
      return;
    }
    long from = offset >>> clusterBits;
    long to = ((offset + length - 1) >>> clusterBits) + 1;
    clusters = Math.max(clusters, to);
    if (needed > 0 && offset + needed > image.file().size()) {
      truncated(structure, number, offset, needed);
    }
    claim(structure, from, to, weight);
  }

  @Override
  public void clusters(Structure structure, long number, long offset, long count, long weight) {
    long end = Math.min(count, Math.max(0, Math.ceilDiv(fileEnd - offset, (long) clusterSize)));
    if (end < count) {
      long first = offset + end * clusterSize;
      beyondEnd(structure, number + end * clusterSize, first, clusterSize, weight * (count - end));
    }
    if (end > 0) {
      long last = offset + (end - 1) * clusterSize;
      if (last + clusterSize > image.file().size()) {
        truncated(structure, number + (end - 1) * clusterSize, last, clusterSize);
      }
      claim(structure, offset >>> clusterBits, (offset >>> clusterBits) + end, weight);
    }
  }

  private void claim(Structure structure, long from, long to, long weight) {
    long at = from;
    while (at < to) {
      long stop = counts.setOnes(at, to);
      if (stop > at) {
        shared.first(structure, at, stop);
        listener.used(structure, at, stop);
      }
      if (weight > 1) {
        boolean suspicious = !SharedClusters.mayBeSeveral(structure);
        for (long cluster = at; cluster < stop; cluster++) {
          more(cluster, structure, weight - 1, suspicious);
        }
      }
      if (stop < to) {
        more(stop, structure, weight, !shared.mayShare(structure, stop));
      }
      at = stop + 1;
    }
  }

  private void more(long cluster, Structure structure, long amount, boolean suspicious) {
    if (suspicious) {
      suspect(cluster);
    }
    findings.add(
        FindingKind.REFCOUNT_OVERFLOW,
        counts.add(cluster, amount, max),
        () ->
            Finding.at(
                FindingKind.REFCOUNT_OVERFLOW,
                structure.name(-1),
                cluster << clusterBits,
                "more than " + max + " uses of cluster " + cluster,
                "at most " + max + " with this width of refcounts"));
  }

  private void beyondEnd(Structure structure, long number, long offset, long length, long weight) {
    findings.add(
        FindingKind.REFERENCE_BEYOND_END,
        weight,
        () ->
            Finding.at(
                FindingKind.REFERENCE_BEYOND_END,
                structure.name(number),
                offset,
                Long.toUnsignedString(length) + " bytes at " + Long.toUnsignedString(offset),
                "no further than byte " + image.file().size()));
  }

  private void truncated(Structure structure, long number, long offset, long length) {
    findings.add(
        FindingKind.TRUNCATED,
        1,
        () ->
            Finding.at(
                FindingKind.TRUNCATED,
                structure.name(number),
                offset,
                "the file ends at byte " + image.file().size(),
                "at least " + (offset + length) + " bytes"));
  }
}
