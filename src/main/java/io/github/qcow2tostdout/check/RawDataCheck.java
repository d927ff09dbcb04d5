package io.github.qcow2tostdout.check;

import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.GuestMap;
import io.github.qcow2tostdout.image.GuestRun;
import io.github.qcow2tostdout.image.OpenedImage;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Compares a raw data file with the image: the file alone must be the disk, so it must hold zeroes
 * where the image reads as zeroes. (That the image maps each cluster is not needed: QEMU itself
 * leaves out what was discarded.)
 */
final class RawDataCheck {
  private final OpenedImage image;
  private final BoundedFile data;
  private final Findings findings;
  private final int clusterBits;
  private final ByteBuffer part = ByteBuffer.allocateDirect(BoundedFile.MAX_READ);
  private final ByteBuffer zeroes = ByteBuffer.allocateDirect(BoundedFile.MAX_READ);

  RawDataCheck(OpenedImage image, BoundedFile data, Findings findings) {
    this.image = image;
    this.data = data;
    this.findings = findings;
    clusterBits = image.geometry().clusterBits();
  }

  /** Compares, up to where one of them ends. */
  void find() throws IOException {
    GuestMap map = GuestMap.of(image);
    long end = Math.min(map.size(), data.size());
    // No image has more runs than entries, unless it names the same table again and again.
    long runs = image.file().size() / Long.BYTES * 32 + image.get(HeaderField.L1_SIZE);
    GuestRun run;
    for (long at = 0; at < end; at = run.end()) {
      if (runs == 0) {
        findings.add(
            Finding.of(
                FindingKind.DATA_FILE_NOT_COMPARED,
                "external data file",
                "the rest from byte " + at + " on, since tables are used again and again",
                "each L2 table once"));
        return;
      }
      runs--;
      run = map.run(at, end);
      if (run instanceof GuestRun.Unallocated || run instanceof GuestRun.Zero) {
        compare(run.guestOffset(), run.end());
      }
    }
  }

  /** Holes are passed in ever longer steps: a file may have more of them than anyone can count. */
  private void compare(long from, long to) throws IOException {
    long step = BoundedFile.MAX_READ;
    for (long at = from; at < to; ) {
      long length = Math.min(step, to - at);
      if (data.isHole(at, length)) {
        at += length;
        step = Math.max(step, step << 1);
      } else if (length > BoundedFile.MAX_READ) {
        step = BoundedFile.MAX_READ;
      } else {
        comparePart(at, (int) length);
        at += length;
      }
    }
  }

  private void comparePart(long offset, int length) throws IOException {
    ByteBuffer bytes = part.slice(0, length);
    data.readPadded(offset, bytes, "data");
    for (int at = bytes.mismatch(zeroes.slice(0, length)); at >= 0; ) {
      long cluster = (offset + at) >> clusterBits;
      findings.add(
          FindingKind.DATA_FILE_UNMAPPED,
          1,
          () ->
              Finding.at(
                  FindingKind.DATA_FILE_UNMAPPED,
                  "external data file",
                  cluster << clusterBits,
                  "data",
                  "zeroes, as the image has there"));
      long next = ((cluster + 1) << clusterBits) - offset;
      if (next >= length) {
        return;
      }
      int rest = length - (int) next;
      int found = bytes.slice((int) next, rest).mismatch(zeroes.slice(0, rest));
      at = found < 0 ? found : (int) next + found;
    }
  }
}
