package io.github.qcow2tostdout.picture;

import io.github.qcow2tostdout.check.CheckResult;
import io.github.qcow2tostdout.report.DiskUse;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that is to be drawn of an image that there is, or that a disk would become. However large
 * that is, this is not.
 *
 * @param file what is where in the file
 * @param disk how the disk is kept
 * @param links where in the file the parts of the disk are
 * @param names of what is in the image beside the disk, a line for each kind
 * @param diskKnown whether all of the disk was looked at
 * @param check what a check found; empty of an image that is not there yet
 */
public record Drawing(
    Shares<FilePart> file,
    Shares<DiskPart> disk,
    Links links,
    List<Names> names,
    boolean diskKnown,
    Optional<CheckResult> check) {

  /**
   * Names from an image, which may be anything.
   *
   * @param what they are names of
   * @param count of all
   * @param first some of them
   */
  record Names(String what, long count, List<String> first) {}

  /** How the disk is kept, in sums. */
  public DiskUse use() {
    Map<DiskUse.Kind, Long> sums = new EnumMap<>(DiskUse.Kind.class);
    for (DiskPart part : DiskPart.values()) {
      sums.merge(part.kind(), disk.total(part), Long::sum);
    }
    return new DiskUse(sums);
  }
}
