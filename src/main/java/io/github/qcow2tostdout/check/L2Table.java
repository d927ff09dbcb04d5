package io.github.qcow2tostdout.check;

import io.github.qcow2tostdout.image.L2Format;

/** The L2 table that a check looks at: where it is, what points to it, what is found in it. */
final class L2Table {
  /** No L1 entry in particular. */
  static final long NO_INDEX = -1;

  private final L2Format format;
  private final Findings findings;
  private final long offset;
  private final long l1Index;
  private final long weight;
  private final long firstGuestCluster;

  /**
   * A table.
   *
   * @param offset in the file
   * @param l1Index of the active L1 entry that points to it; {@link #NO_INDEX} if it is a
   *     snapshot's
   * @param weight how many L1 entries point to it
   */
  L2Table(L2Format format, Findings findings, long offset, long l1Index, long weight) {
    this.format = format;
    this.findings = findings;
    this.offset = offset;
    this.l1Index = l1Index;
    this.weight = weight;
    firstGuestCluster = l1Index * format.entries();
  }

  /** Whether it is one of the disk, not of a snapshot. */
  boolean isActive() {
    return l1Index != NO_INDEX;
  }

  /** Where it is in the file. */
  long offset() {
    return offset;
  }

  /** How many L1 entries point to it. */
  long weight() {
    return weight;
  }

  /** The guest cluster that its first entry maps, if it is active. */
  long firstGuestCluster() {
    return firstGuestCluster;
  }

  /** Where the guest cluster of an entry is on the disk; {@link #NO_INDEX} in a snapshot's. */
  long guestOffset(int index) {
    return isActive() ? (firstGuestCluster + index) << format.clusterBits() : NO_INDEX;
  }

  /** Adds what is wrong with an entry, as often as there are L1 entries that lead to it. */
  void found(FindingKind kind, int index, long entry, String expected) {
    found(kind, weight, index, entry, expected);
  }

  /**
   * Adds what is wrong with some entries.
   *
   * @param times how many
   * @param index of the first
   */
  void found(FindingKind kind, long times, int index, long entry, String expected) {
    findings.add(kind, times, () -> finding(kind, index, entry, expected));
  }

  private Finding finding(FindingKind kind, int index, long entry, String expected) {
    String table = isActive() ? "L2 table of L1 entry " + l1Index : "L2 table of a snapshot";
    return Finding.at(
        kind,
        table + ", entry " + index,
        offset + (long) index * format.entrySize(),
        String.format("%016x", entry),
        expected);
  }
}
