package io.github.qcow2tostdout.source;

import io.github.qcow2tostdout.posix.AvailableMemory;
import io.github.qcow2tostdout.posix.FileDescription;
import java.io.IOException;

/** Asks how much of a file's data is in the page cache. */
final class ResidencySurvey {
  /** So many extents are looked at; a file with more is taken to go on like that. */
  private static final int MAX_EXTENTS = 4096;

  private ResidencySurvey() {}

  static Residency of(DataExtents extents, long size, FileDescription file) throws IOException {
    long data = 0;
    long cached = 0;
    long end = size;
    for (int count = 0; extents.next(); count++) {
      if (count == MAX_EXTENTS) {
        end = extents.from();
        break;
      }
      long length = extents.to() - extents.from();
      long inMemory = file.cachedBytes(extents.from(), length);
      if (inMemory == FileDescription.UNKNOWN) {
        return Residency.ALL_CACHED;
      }
      data += length;
      // Whole pages may reach beyond an extent.
      cached += Math.min(inMemory, length);
    }
    double more = end == 0 ? 1 : (double) size / end;
    return new Residency((long) (data * more), (long) (cached * more), AvailableMemory.bytes());
  }
}
