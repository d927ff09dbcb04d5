package io.github.qcow2tostdout.codec;

/** Compressed data that can't be decoded, and why. */
public final class DamagedDataException extends Exception {
  private static final long serialVersionUID = 1;

  DamagedDataException(String reason) {
    // Thrown for each cluster of a hostile image, and nobody looks where.
    super(reason, null, false, false);
  }
}
