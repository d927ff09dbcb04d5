package io.github.qcow2tostdout.source.nbd;

import java.nio.ByteBuffer;
import java.util.Optional;

/** A request and what has come of it. The thread that receives replies writes it. */
abstract sealed class NbdRequest permits NbdRead, NbdStatus {
  /** More errors than that in the reply to one request are no news. */
  private static final int MAX_ERRORS = 64;

  private final int command;
  private final int flags;
  private final long offset;
  private final long length;
  private int errors;
  private volatile boolean complete;
  private volatile Optional<ServerError> error = Optional.empty();

  /**
   * What a server has against a request.
   *
   * @param value as the protocol numbers them
   * @param offset where that is, or where the request starts
   * @param message the server's own words, or empty
   */
  record ServerError(int value, long offset, String message) {
    @Override
    public String toString() {
      return NbdProtocol.error(value) + (message.isBlank() ? "" : " (" + message.strip() + ")");
    }
  }

  /**
   * @param flags of the command
   * @param length bytes, less than 4 GiB
   */
  NbdRequest(int command, int flags, long offset, long length) {
    this.command = command;
    this.flags = flags;
    this.offset = offset;
    this.length = length;
  }

  /** The first byte that is meant. */
  final long offset() {
    return offset;
  }

  /** Whether it was sent with a flag. */
  final boolean has(int flag) {
    return (flags & flag) != 0;
  }

  /** Bytes that are meant. */
  final long length() {
    return length;
  }

  /** Writes the request as it is sent. */
  final void put(ByteBuffer out, long cookie) {
    out.putInt(NbdProtocol.REQUEST_MAGIC)
        .putShort((short) flags)
        .putShort((short) command)
        .putLong(cookie)
        .putLong(offset)
        .putInt((int) length);
  }

  /** Whether the reply is there, all of it. */
  final boolean isComplete() {
    return complete;
  }

  /** What went wrong on the server's side; of several errors the first. */
  final Optional<ServerError> error() {
    return error;
  }

  /** Notes an error; the reply may go on. */
  final void fail(ServerError what) throws NbdProtocolException {
    if (++errors > MAX_ERRORS) {
      throw new NbdProtocolException("a reply that is errors without end");
    }
    if (error.isEmpty()) {
      error = Optional.of(what);
    }
  }

  /** The reply has ended. */
  final void end() throws NbdProtocolException {
    if (error.isEmpty()) {
      checkWhole();
    }
    complete = true;
  }

  /** Throws if a reply without errors does not answer the request. */
  abstract void checkWhole() throws NbdProtocolException;
}
