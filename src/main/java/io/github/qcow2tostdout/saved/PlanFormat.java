package io.github.qcow2tostdout.saved;

/**
 * The parts of a plan, in their order; numbers have their highest byte first.
 *
 * <pre>
 * header    0 8 "q2s-plan"   8 4 version   12 4 flags: base 1, lengths 2   16 8 bytes of the image
 *           24 4 checksum
 * options   {@link SavedOptions}
 * opened    {@link OpenedAs}
 * disk      {@link SavedDisk}
 * base      {@link SavedDisk}, with the flag
 * data      {@link SavedSet}
 * zeroes    {@link SavedSet}
 * lengths   {@link SavedLengths}, with the flag
 * end       0 8 bytes of the plan   8 4 checksum
 * </pre>
 *
 * <p>A checksum is the CRC-32C of all bytes since the one before.
 */
final class PlanFormat {
  /** "q2s-plan". */
  static final long MAGIC = 0x7132732D706C616EL;

  static final int VERSION = 1;
  static final int BASE = 1;
  static final int LENGTHS = 2;

  /** Bytes of the end. */
  static final int END_SIZE = Long.BYTES + Integer.BYTES;

  private PlanFormat() {}
}
