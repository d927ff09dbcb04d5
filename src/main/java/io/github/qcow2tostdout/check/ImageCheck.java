package io.github.qcow2tostdout.check;

import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.format.SnapshotField;
import io.github.qcow2tostdout.image.CryptoRules;
import io.github.qcow2tostdout.image.OpenRules;
import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.image.Snapshot;
import io.github.qcow2tostdout.image.SnapshotTable;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;

/**
 * Checks an image: counts what refers to each host cluster, compares that with the refcounts, and
 * collects what is wrong without stopping at the first. Verdict and statistics are those of {@code
 * qemu-img check}.
 */
public final class ImageCheck {
  /** The most clusters of a file that QEMU checks. */
  private static final long MAX_CLUSTERS = Integer.MAX_VALUE;

  /** Extra data that a version 3 snapshot must have: VM state size and disk size. */
  private static final int NEEDED_EXTRA = 16;

  /** What to say to a snapshot that can't be read. */
  static final String SNAPSHOTS_LOST = "the snapshots are lost; the disk may be whole";

  private final OpenedImage image;
  private final boolean deep;
  private final Progress progress;
  private final ClusterListener listener;
  private final Findings findings = new Findings();

  private ImageCheck(OpenedImage image, boolean deep, Progress progress, ClusterListener listener) {
    this.image = image;
    this.deep = deep;
    this.progress = progress;
    this.listener = listener;
  }

  /**
   * Checks an image.
   *
   * @param deep whether compressed clusters are decoded
   * @throws ImageException if QEMU would not open it, or could not check it
   */
  public static CheckResult check(OpenedImage image, boolean deep, Progress progress)
      throws IOException {
    return check(image, deep, progress, ClusterListener.NONE);
  }

  /**
   * As the other, and tells what is used for what.
   *
   * @param listener is told
   */
  public static CheckResult check(
      OpenedImage image, boolean deep, Progress progress, ClusterListener listener)
      throws IOException {
    try {
      return new ImageCheck(image, deep, progress, listener).run();
    } catch (UncheckedIOException e) {
      throw Objects.requireNonNull(e.getCause());
    }
  }

  private CheckResult run() throws IOException {
    long clusters = Math.ceilDiv(image.fileEnd(), (long) image.clusterSize());
    if (clusters > MAX_CLUSTERS) {
      throw new ImageException.Unsupported(
          image.file().name(),
          "the file has " + clusters + " clusters, at most " + MAX_CLUSTERS + " can be checked",
          "copy it with qemu-img convert to an image with larger clusters");
    }
    if (image.crypto().isPresent()) {
      CryptoRules.check(image.file(), image.crypto().get());
    }
    progress.report(Progress.Phase.CHECK, 0, image.l2TableBytes());
    SnapshotTable snapshots = readSnapshots();
    SpecWarnings.find(image, snapshots, findings);
    GuestStart.find(image, findings);
    DiskRefcounts disk = DiskRefcounts.read(image, clusters + 1, findings);
    CheckStatistics statistics = new CheckStatistics();
    Claims claims =
        new Claims(image, clusters, !snapshots.snapshots().isEmpty(), findings, listener);
    if (deep) {
      try (DeepCheck decoding = new DeepCheck(image, claims, findings)) {
        new ImageWalk(image, snapshots, decoding, disk, findings, statistics, progress).run();
      }
    } else {
      new ImageWalk(image, snapshots, claims, disk, findings, statistics, progress).run();
    }
    if (statistics.unmapped > 0) {
      findings.add(
          Finding.of(
              FindingKind.DATA_FILE_NOT_COMPARED,
              "external data file",
              statistics.unmapped + " clusters that the image does not map",
              "zeroes there"));
    }
    RefcountCheck refcounts = new RefcountCheck(image, claims, disk, findings, listener);
    refcounts.checkBlocks();
    long last = refcounts.compare();
    listener.counted(claims.counts()::get);
    if (!claims.suspects().isEmpty()) {
      OverlapFinder.find(image, snapshots, disk, claims, findings);
    }
    return new CheckResult(
        Math.ceilDiv(image.diskSize(), (long) image.clusterSize()),
        statistics.allocated,
        statistics.fragmented,
        statistics.compressed,
        (last + 1) * image.clusterSize(),
        findings.list());
  }

  private SnapshotTable readSnapshots() throws IOException {
    long offset = image.get(HeaderField.SNAPSHOTS_OFFSET);
    long count = image.get(HeaderField.NB_SNAPSHOTS);
    if (count <= SnapshotTable.MAX_SNAPSHOTS
        && (offset < 0
            || offset % image.clusterSize() != 0
            || offset > Long.MAX_VALUE - count * SnapshotField.SIZE)) {
      throw new ImageException.Corrupt(
          image.file().name(),
          "snapshot table offset invalid: " + Long.toUnsignedString(offset),
          SNAPSHOTS_LOST);
    }
    if (count > 0 && offset > OpenRules.MAX_FILE - count * SnapshotField.SIZE) {
      throw new ImageException.Corrupt(
          image.file().name(), "Could not read snapshot table: byte " + offset, SNAPSHOTS_LOST);
    }
    SnapshotTable table = SnapshotTable.readPadded(image.file(), image.header());
    if (table.problem().isPresent()) {
      throw table.problem().get();
    }
    if (image.get(HeaderField.VERSION) == 3) {
      int index = 0;
      for (Snapshot snapshot : table.snapshots()) {
        if (snapshot.extraSize() < NEEDED_EXTRA) {
          findings.add(
              Finding.at(
                  FindingKind.SNAPSHOT_INCOMPLETE,
                  "snapshot table entry " + index,
                  snapshot.offset(),
                  snapshot.extraSize() + " bytes of extra data",
                  "at least " + NEEDED_EXTRA));
        }
        index++;
      }
    }
    return table;
  }
}
