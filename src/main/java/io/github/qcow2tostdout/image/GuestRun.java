package io.github.qcow2tostdout.image;

import io.github.qcow2tostdout.format.ImageException;

/**
 * A stretch of the guest's disk whose bytes come from the same kind of place; what {@link GuestMap}
 * gives.
 */
public sealed interface GuestRun {
  /** Where it starts on the disk, in bytes. */
  long guestOffset();

  /** Bytes of the disk, at least one. */
  long length();

  /** The byte of the disk behind it. */
  default long end() {
    return guestOffset() + length();
  }

  /** The image says nothing: the backing file has the bytes; without one they are zeroes. */
  record Unallocated(long guestOffset, long length) implements GuestRun {}

  /** Zeroes, whatever a backing file has. */
  record Zero(long guestOffset, long length) implements GuestRun {}

  /**
   * The bytes are stored as they are, or encrypted.
   *
   * @param hostOffset of the first in the image's file; in the external data file if there is one
   */
  record Stored(long guestOffset, long length, long hostOffset) implements GuestRun {}

  /**
   * All of one compressed cluster, or a part of it.
   *
   * @param hostOffset of the compressed data in the image's file
   * @param hostLength bytes up to the end of the data's last sector, which may lie behind the end
   *     of the file: {@link BoundedFile#readPadded} reads it
   * @param skipped bytes of the decoded cluster before the first of this run
   */
  record Compressed(long guestOffset, long length, long hostOffset, long hostLength, int skipped)
      implements GuestRun {}

  /**
   * The tables don't say where the bytes are, or not as they must: a reader has to fail, or to take
   * something else for them and say so. All that one entry maps, or a part of it.
   *
   * @param fact what is wrong, and with which entry
   */
  record Corrupt(long guestOffset, long length, String fact) implements GuestRun {
    /** The error of a reader that needs the bytes. */
    public ImageException error(String fileName) {
      return new ImageException.Corrupt(
          fileName,
          "guest offset " + guestOffset + ": " + fact,
          "get a whole copy; 'qcow2-to-stdout check' tells all that is wrong");
    }
  }
}
