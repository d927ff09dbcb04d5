package io.github.qcow2tostdout.convert;

/**
 * How it is decided which guest clusters are allocated.
 *
 * @param extentsOnly whether the source's data extents are taken for the truth: every cluster that
 *     one of them touches is allocated, and nothing is read for the scan
 */
public record ScanOptions(boolean extentsOnly) {
  /** Every cluster that may hold data is tested for a byte that is not zero. */
  public static final ScanOptions TEST_ALL = new ScanOptions(false);
}
