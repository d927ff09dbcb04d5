package io.github.qcow2tostdout.source.nbd;

import io.github.qcow2tostdout.source.Offsets;
import java.io.IOException;
import java.util.Arrays;

/** A request for block status, and where the server says that data is. */
final class NbdStatus extends NbdRequest {
  private long[] bounds = new long[16];
  private int count;
  private boolean answered;
  private long described;

  NbdStatus(long offset, long length) {
    super(NbdProtocol.CMD_BLOCK_STATUS, 0, offset, length);
    described = offset;
  }

  /**
   * Takes the descriptors of a chunk. What can't be said to be zeroes is data, holes too.
   *
   * @param descriptors how many there are
   */
  void receive(long descriptors, NbdWire wire) throws IOException {
    if (answered) {
      throw new NbdProtocolException("two block statuses in reply to one request");
    }
    answered = true;
    long end = offset() + length();
    for (long left = descriptors; left > 0; left--) {
      long size = wire.readUnsignedInt();
      int flags = wire.readInt();
      if (size == 0 || described >= end) {
        throw new NbdProtocolException(
            size == 0
                ? "an extent of no bytes at byte " + described
                : "an extent at byte " + described + ", where nothing was asked for");
      }
      // The last may reach further than was asked; what is there is asked for again.
      long to = Offsets.sum(described, size, end);
      if ((flags & NbdProtocol.STATE_ZERO) == 0) {
        addData(described, to);
      }
      described = to;
    }
  }

  private void addData(long from, long to) {
    if (count > 0 && bounds[count - 1] == from) {
      bounds[count - 1] = to;
      return;
    }
    if (count == bounds.length) {
      bounds = Arrays.copyOf(bounds, 2 * count);
    }
    bounds[count++] = from;
    bounds[count++] = to;
  }

  @Override
  void checkWhole() throws NbdProtocolException {
    if (!answered) {
      throw new NbdProtocolException("no block status in the reply to a request for it");
    }
  }

  /** First byte and byte behind the last of each data extent, ascending, not touching. */
  long[] dataBounds() {
    return Arrays.copyOf(bounds, count);
  }

  /** The byte behind the last that the server has described. */
  long described() {
    return described;
  }
}
