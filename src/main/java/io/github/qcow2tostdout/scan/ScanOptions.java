package io.github.qcow2tostdout.scan;

import io.github.qcow2tostdout.source.Source;
import java.util.List;
import java.util.Optional;

/**
 * How it is decided what the image maps.
 *
 * @param extentsOnly whether the source's data extents are taken for the truth: every cluster that
 *     one of them touches is allocated, and nothing is read for the scan
 * @param keepZeroes whether what a data extent touches and reads as zeroes is mapped as that,
 *     rather than left unallocated; with {@code extentsOnly} there is nothing of that kind
 * @param base the disk to compare with: what equals it is not mapped. It has to stay open as long
 *     as the conversion, and stays its opener's to close
 * @param keptBytes bytes of the disk that may be kept from the first pass for the second; 0 for a
 *     disk that is no slower to read than memory. It changes the time, never the result
 * @param bitmaps of the disk, for the image
 */
public record ScanOptions(
    boolean extentsOnly,
    boolean keepZeroes,
    Optional<Source> base,
    long keptBytes,
    List<CarriedBitmap> bitmaps) {
  /** Every cluster that may hold data is tested for a byte that is not zero. */
  public static final ScanOptions TEST_ALL = new ScanOptions(false);

  public ScanOptions {
    if (base.isPresent() && (extentsOnly || keepZeroes)) {
      throw new IllegalArgumentException("a comparison decides all");
    }
  }

  /** With nothing kept. */
  public ScanOptions(boolean extentsOnly, boolean keepZeroes, Optional<Source> base) {
    this(extentsOnly, keepZeroes, base, 0, List.of());
  }

  /** The same, and keeps bytes. */
  public ScanOptions keeping(long bytes) {
    return new ScanOptions(extentsOnly, keepZeroes, base, bytes, bitmaps);
  }

  /** The same, and carries bitmaps. */
  public ScanOptions carrying(List<CarriedBitmap> carried) {
    return new ScanOptions(extentsOnly, keepZeroes, base, keptBytes, carried);
  }

  /** Without a base, and with zeroes left out. */
  public ScanOptions(boolean extentsOnly) {
    this(extentsOnly, false, Optional.empty());
  }
}
