package io.github.qcow2tostdout.plan;

import java.util.Optional;

/**
 * What the first pass over a disk finds out. With it every byte of the image is decided, but for
 * those of the disk.
 *
 * @param options what image is asked for
 * @param diskSize bytes of the disk, as the image has it
 * @param grains what is mapped; empty with a raw data file, which maps all
 * @param compared whether that is what differs from another disk, and so all else is not zeroes
 * @param lengths of the allocated clusters, if they are compressed
 */
public record FirstPass(
    ImageOptions options,
    long diskSize,
    Grains grains,
    boolean compared,
    Optional<ClusterLengths> lengths) {
  public FirstPass {
    if (options.compression().isPresent() != lengths.isPresent()) {
      throw new IllegalArgumentException("either compressed, or not");
    }
  }

  /** What the image maps. */
  public AllocationMap map() {
    return options.rawDataFile()
        ? AllocationMap.full(options.geometry(), diskSize)
        : AllocationMap.of(options.geometry(), diskSize, grains);
  }
}
