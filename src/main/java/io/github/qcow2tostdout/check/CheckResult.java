package io.github.qcow2tostdout.check;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a check came to.
 *
 * @param totalClusters clusters of the disk
 * @param allocatedClusters of the disk, the compressed among them
 * @param fragmentedClusters that do not follow the one before them
 * @param compressedClusters that are compressed
 * @param imageEndOffset behind the last cluster that is in use or has a refcount
 * @param findings what was found
 */
public record CheckResult(
    long totalClusters,
    long allocatedClusters,
    long fragmentedClusters,
    long compressedClusters,
    long imageEndOffset,
    FindingList findings) {

  /** The same, with what was found besides. */
  CheckResult with(Findings more) {
    return with(findings.and(more.list()));
  }

  /** The same without the findings of a kind, of which more is known now. */
  CheckResult without(FindingKind kind) {
    return with(findings.without(kind));
  }

  private CheckResult with(FindingList others) {
    return new CheckResult(
        totalClusters,
        allocatedClusters,
        fragmentedClusters,
        compressedClusters,
        imageEndOffset,
        others);
  }

  /** What qemu-img counts as corruptions. */
  public long corruptions() {
    return findings.count(Verdict.CORRUPTION);
  }

  /** What qemu-img counts as leaks. */
  public long leaks() {
    return findings.count(Verdict.LEAK);
  }

  /** What qemu-img counts as errors of the check itself. */
  public long checkErrors() {
    return findings.count(Verdict.CHECK_ERROR);
  }

  /** Findings that are in no verdict of qemu-img's but should not be in an image. */
  public long findingsApart() {
    long count = 0;
    for (FindingKind kind : FindingKind.values()) {
      if (kind.verdict() == Verdict.APART && kind.countsIfStrict()) {
        count += findings.count(kind);
      }
    }
    return count;
  }

  /**
   * The worst that was found of what the disk is read from.
   *
   * @param isStream whether the image has gone by, so that what is missing can't come any more
   */
  public Optional<Finding> spoiled(boolean isStream) {
    Optional<Finding> first = Optional.empty();
    for (Finding it : findings.kept()) {
      if (it.kind() == FindingKind.TRUNCATED) {
        // What it leads to is less to the point than that something is missing.
        return Optional.of(it);
      }
      if (first.isEmpty()
          && (spoilsDisk(it.kind())
              || (isStream && it.kind() == FindingKind.REFCOUNT_BEYOND_END))) {
        first = Optional.of(it);
      }
    }
    return first;
  }

  /**
   * Whether a finding says of what a disk is read from that it is not right: of the tables or the
   * data, not of refcounts by themselves nor of snapshots.
   */
  private static boolean spoilsDisk(FindingKind kind) {
    return switch (kind) {
      case REFCOUNT_TOO_LOW,
          REFCOUNT_OVERFLOW,
          REFERENCE_BEYOND_END,
          L1_RESERVED_BITS,
          L2_TABLE_UNALIGNED,
          L2_RESERVED_BITS,
          DATA_CLUSTER_UNALIGNED,
          COPIED_FLAG_WRONG,
          COMPRESSED_COPIED,
          COMPRESSED_IN_DATA_FILE_IMAGE,
          COMPRESSED_WITH_SUBCLUSTERS,
          SUBCLUSTER_BITMAP_INVALID,
          SUBCLUSTER_WITHOUT_CLUSTER,
          TABLES_NOT_FOLLOWED,
          TRUNCATED,
          OVERLAP ->
          true;
      default -> false;
    };
  }

  /** Whether nothing was found of what a stranger's image is asked for. */
  public boolean isHarmless() {
    return findings.count(FindingKind.NOT_OPENED) == 0
        && Stream.of(FindingKind.values())
            .noneMatch(kind -> kind.isAboutTrust() && findings.count(kind) > 0);
  }

  /** Whether the image might do something to who opens it. */
  public boolean isDangerous() {
    return findings.count(FindingKind.UNTRUSTED_BACKING_FILE) > 0
        || findings.count(FindingKind.UNTRUSTED_DATA_FILE) > 0
        || findings.count(FindingKind.UNTRUSTED_SIZE) > 0;
  }
}
