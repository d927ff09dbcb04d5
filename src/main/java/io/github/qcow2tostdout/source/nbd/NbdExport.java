package io.github.qcow2tostdout.source.nbd;

import java.util.OptionalInt;

/**
 * What was agreed on with a server about its export.
 *
 * @param size bytes
 * @param structured whether replies to reads come in chunks
 * @param unfragmented whether each may be asked to be one chunk
 * @param allocation the id of the context base:allocation, if the server has it
 * @param minimumBlock what offsets and lengths of requests are multiples of; a power of two
 * @param maximumPayload the most bytes to ask for in one read, a multiple of the minimum block
 */
record NbdExport(
    long size,
    boolean structured,
    boolean unfragmented,
    OptionalInt allocation,
    int minimumBlock,
    long maximumPayload) {

  /** What a size, the flags of transmission and the constraints make. */
  static NbdExport of(
      long size,
      int flags,
      boolean structured,
      OptionalInt allocation,
      long minimumBlock,
      long maximumPayload)
      throws NbdProtocolException {
    if (size < 0) {
      throw new NbdProtocolException("an export of " + Long.toUnsignedString(size) + " bytes");
    }
    if (Long.bitCount(minimumBlock) != 1
        || minimumBlock > NbdProtocol.MAX_MINIMUM_BLOCK
        || maximumPayload < minimumBlock) {
      throw new NbdProtocolException(
          "a minimum block of "
              + minimumBlock
              + " bytes and a maximum payload of "
              + maximumPayload);
    }
    return new NbdExport(
        size,
        structured,
        structured && (flags & NbdProtocol.FLAG_SEND_DF) != 0,
        allocation,
        Math.toIntExact(minimumBlock),
        maximumPayload & -minimumBlock);
  }

  /** The offset, or the last before it, at which a request may start. */
  long alignedDown(long offset) {
    return offset & -minimumBlock;
  }

  /** The offset, or the first behind it, at which a request may end. */
  long alignedUp(long offset) {
    // Where the size is no multiple of the block, it is for the server to say what it thinks of
    // that.
    long rest = size - offset;
    return rest < minimumBlock ? size : (offset + minimumBlock - 1) & -minimumBlock;
  }
}
