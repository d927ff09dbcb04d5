package io.github.qcow2tostdout.source.nbd;

import java.nio.ByteBuffer;

/** A range of an export that one request reads. Guarded by the lock of {@link NbdParts}. */
final class NbdPart {
  private final long from;
  private final long to;
  private final long wantedTo;
  private final NbdRead request;
  private final long born;
  private int users;
  private boolean over;

  /**
   * One that nobody reads yet.
   *
   * @param wantedTo the byte up to which it is wanted; it may have more
   * @param born how many reads there were before it
   */
  NbdPart(long from, long to, long wantedTo, NbdRead request, long born) {
    this.from = from;
    this.to = to;
    this.wantedTo = wantedTo;
    this.born = born;
    this.request = request;
  }

  long from() {
    return from;
  }

  long to() {
    return to;
  }

  NbdRead request() {
    return request;
  }

  /** The bytes from an offset on, as far as it has them and they are wanted. */
  ByteBuffer bytes(long offset, long end) {
    int start = Math.toIntExact(offset - from);
    return request
        .data()
        .orElseThrow()
        .slice(start, Math.toIntExact(Math.min(end, to) - from) - start);
  }

  long size() {
    return to - from;
  }

  /** One more reads it. */
  void take() {
    users++;
  }

  /** One who read it up to an offset has done so. */
  void giveBack(long readTo) {
    users--;
    over |= readTo >= wantedTo;
  }

  /** Whether it was read to its end, and nobody reads it. */
  boolean isOver() {
    return over && users == 0;
  }

  /** Whether it is here and nobody reads it. */
  boolean isIdle() {
    return users == 0 && request.isComplete();
  }

  /** Whether there were fewer reads when it was asked for. */
  boolean isOlderThan(long reads) {
    return born < reads;
  }
}
