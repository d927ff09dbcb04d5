package io.github.qcow2tostdout.plan;

import java.util.Optional;

/**
 * What the first pass over a disk finds out. With it every byte of the image is decided, but for
 * those of the disk.
 *
 * @param options what image is asked for
 * @param map what is mapped
 * @param compared whether that is what differs from another disk, and so all else is not zeroes
 * @param lengths of the allocated clusters, if they are compressed
 */
public record FirstPass(
    ImageOptions options, AllocationMap map, boolean compared, Optional<ClusterLengths> lengths) {
  public FirstPass {
    if (options.compression().isPresent() != lengths.isPresent()) {
      throw new IllegalArgumentException("either compressed, or not");
    }
  }

  /** What of the map was found out: nothing with a raw data file, which maps all. */
  public Grains found() {
    return options.rawDataFile() ? Grains.NONE : map.grains();
  }
}
