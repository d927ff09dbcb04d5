package io.github.qcow2tostdout.source.qcow2;

import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.format.Limits;
import io.github.qcow2tostdout.image.GuestRun;
import io.github.qcow2tostdout.image.OpenedImage;

/**
 * How much of an image's file its tables may claim: so that a walk over those of a small file ends
 * that say that a disk of exabytes is stored in it. An honest image claims each byte once.
 */
final class ClaimBudget {
  private static final int MAX_RATIO = 64;

  /** What a compressed cluster takes at least: its entry, and as much data. */
  private static final int MIN_COMPRESSED = 16;

  private final OpenedImage image;
  private long left;

  ClaimBudget(OpenedImage image) {
    this.image = image;
    long size = image.file().size() + image.clusterSize();
    left = size > Long.MAX_VALUE / MAX_RATIO ? Long.MAX_VALUE : size * MAX_RATIO;
  }

  /**
   * Takes what a run claims.
   *
   * @throws ImageException.Corrupt if that is too much
   */
  void take(GuestRun run) throws ImageException {
    left -=
        switch (run) {
          // What is in a data file claims nothing of the image's.
          case GuestRun.Stored stored -> image.hasDataFile() ? 0 : stored.length();
          // The last sector may be another cluster's too.
          case GuestRun.Compressed compressed ->
              Math.max(MIN_COMPRESSED, compressed.hostLength() - Limits.SECTOR_SIZE);
          default -> 0;
        };
    if (left < 0) {
      throw new ImageException.Corrupt(
          image.file().name(),
          "its tables claim more than "
              + MAX_RATIO
              + " times the "
              + image.file().size()
              + " bytes of the file",
          "nobody stores a disk so; refuse it");
    }
  }
}
