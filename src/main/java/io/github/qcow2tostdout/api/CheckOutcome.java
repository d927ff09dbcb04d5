package io.github.qcow2tostdout.api;

import io.github.qcow2tostdout.check.CheckResult;
import io.github.qcow2tostdout.check.FindingKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a check came to; the numbers are those of {@code qemu-img check}.
 *
 * @param corruptions how many there are
 * @param leaks clusters that nothing uses
 * @param checkErrors how much could not be checked
 * @param totalClusters clusters of the disk
 * @param allocatedClusters of the disk, the compressed among them
 * @param fragmentedClusters of the allocated, that don't follow the one before them
 * @param compressedClusters of the allocated
 * @param imageEndOffset behind the last cluster that is in use
 * @param findings the first hundred of each kind
 * @param counts how many there are of each kind
 */
public record CheckOutcome(
    long corruptions,
    long leaks,
    long checkErrors,
    long totalClusters,
    long allocatedClusters,
    long fragmentedClusters,
    long compressedClusters,
    long imageEndOffset,
    List<ImageFinding> findings,
    Map<String, Long> counts) {
  /** Findings and counts are kept as they are now. */
  public CheckOutcome {
    findings = List.copyOf(findings);
    counts = Map.copyOf(counts);
  }

  /** Whether the image is as it should be, as far as {@code qemu-img check} counts. */
  public boolean isClean() {
    return corruptions == 0 && leaks == 0 && checkErrors == 0;
  }

  static CheckOutcome of(CheckResult result) {
    Map<String, Long> counts = new LinkedHashMap<>();
    for (FindingKind kind : FindingKind.values()) {
      if (result.findings().count(kind) > 0) {
        counts.put(kind.id(), result.findings().count(kind));
      }
    }
    return new CheckOutcome(
        result.corruptions(),
        result.leaks(),
        result.checkErrors(),
        result.totalClusters(),
        result.allocatedClusters(),
        result.fragmentedClusters(),
        result.compressedClusters(),
        result.imageEndOffset(),
        result.findings().kept().stream().map(ImageFinding::of).toList(),
        counts);
  }
}
