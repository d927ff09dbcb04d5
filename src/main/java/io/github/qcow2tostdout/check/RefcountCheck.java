package io.github.qcow2tostdout.check;

import io.github.qcow2tostdout.format.TableEntry;
import io.github.qcow2tostdout.image.OpenedImage;
import java.io.IOException;

/** Holds the refcounts of the image against the uses that were counted. */
final class RefcountCheck {
  private final OpenedImage image;
  private final Claims claims;
  private final DiskRefcounts disk;
  private final Findings findings;
  private final ClusterListener listener;

  RefcountCheck(
      OpenedImage image,
      Claims claims,
      DiskRefcounts disk,
      Findings findings,
      ClusterListener listener) {
    this.image = image;
    this.claims = claims;
    this.disk = disk;
    this.findings = findings;
    this.listener = listener;
  }

  /** The refcount blocks, which are in use themselves; the last that is counted. */
  void checkBlocks() {
    int clusterSize = image.clusterSize();
    int clusterBits = image.geometry().clusterBits();
    long[] table = disk.table();
    for (int index = 0; index < table.length; index++) {
      long entry = table[index];
      long offset = TableEntry.refcountBlockOffset(entry);
      int number = index;
      if ((entry & TableEntry.REFCOUNT_TABLE_RESERVED) != 0) {
        found(FindingKind.REFCOUNT_TABLE_RESERVED_BITS, number, entry, "bits 0 to 8 are 0");
      } else if ((offset & (clusterSize - 1)) != 0) {
        found(FindingKind.REFCOUNT_BLOCK_UNALIGNED, number, entry, "a multiple of " + clusterSize);
      } else if (offset >>> clusterBits >= claims.clusters()) {
        found(
            FindingKind.REFCOUNT_BLOCK_OUTSIDE, number, entry, "below byte " + image.file().size());
      } else if (offset != 0) {
        references(number, offset);
        if (claims.counts().get(offset >>> clusterBits) != 1) {
          found(
              FindingKind.REFCOUNT_BLOCK_SHARED,
              number,
              entry,
              "a cluster of its own, not one with "
                  + Long.toUnsignedString(claims.counts().get(offset >>> clusterBits))
                  + " uses");
        }
      }
    }
  }

  private void references(int number, long offset) {
    claims.region(Structure.REFCOUNT_BLOCK, number, offset, image.clusterSize(), 1);
  }

  /**
   * Compares.
   *
   * @return the last cluster that is in use or has a refcount; 0 if there is none
   */
  long compare() throws IOException {
    ReferenceCounts used = claims.counts();
    ReferenceCounts refcounts = disk.counts();
    long end = claims.clusters();
    if (disk.anyUnreadable()) {
      return compareEach(end);
    }
    for (long at = used.mismatch(refcounts, 0, end);
        at < end;
        at = used.mismatch(refcounts, at + 1, end)) {
      differs(at, refcounts.get(at), used.get(at));
    }
    return Math.max(0, Math.max(used.lastNonZero(end), refcounts.lastNonZero(end)));
  }

  private long compareEach(long end) throws IOException {
    long last = 0;
    for (long cluster = 0; cluster < end; cluster++) {
      long refcount = disk.get(cluster);
      long uses = claims.counts().get(cluster);
      if (refcount == DiskRefcounts.UNREADABLE) {
        long unreadable = cluster;
        findings.add(
            FindingKind.REFCOUNT_UNREADABLE,
            1,
            () ->
                Finding.at(
                    FindingKind.REFCOUNT_UNREADABLE,
                    "cluster " + unreadable,
                    unreadable << image.geometry().clusterBits(),
                    "its refcount block is not at a cluster",
                    "a refcount of " + Long.toUnsignedString(uses)));
        continue;
      }
      if (refcount != 0 || uses != 0) {
        last = cluster;
      }
      if (refcount != uses) {
        differs(cluster, refcount, uses);
      }
    }
    return last;
  }

  private void differs(long cluster, long refcount, long uses) {
    boolean tooLow = Long.compareUnsigned(refcount, uses) < 0;
    FindingKind kind = tooLow ? FindingKind.REFCOUNT_TOO_LOW : FindingKind.LEAKED_CLUSTER;
    if (tooLow && uses > 1) {
      claims.suspect(cluster);
    }
    if (uses == 0) {
      listener.leaked(cluster);
    }
    findings.add(
        kind,
        1,
        () ->
            Finding.at(
                kind,
                "cluster " + cluster,
                cluster << image.geometry().clusterBits(),
                "refcount " + Long.toUnsignedString(refcount),
                "" + Long.toUnsignedString(uses)));
  }

  private void found(FindingKind kind, int index, long entry, String expected) {
    findings.add(
        kind,
        1,
        () ->
            Finding.of(
                kind, "refcount table, entry " + index, String.format("%016x", entry), expected));
  }
}
