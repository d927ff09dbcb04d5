package io.github.qcow2tostdout.check;

/** What a check counts of the active disk while it goes. */
final class CheckStatistics {
  long allocated;
  long fragmented;
  long compressed;

  /** Clusters that are not mapped and should be, because of a raw data file. */
  long unmapped;
}
