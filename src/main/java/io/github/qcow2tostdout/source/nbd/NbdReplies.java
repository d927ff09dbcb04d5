package io.github.qcow2tostdout.source.nbd;

import java.io.IOException;
import java.util.Map;

/** Reads what a server sends in reply to requests, and hands it to them. */
final class NbdReplies {
  /** Behind the fixed fields of errors of types to come. */
  private static final int MAX_ERROR_LENGTH = 2 * NbdProtocol.MAX_STRING;

  private final NbdWire wire;
  private final NbdExport export;
  private final Map<Long, NbdRequest> pending;

  /**
   * @param pending the requests that have no whole reply yet, by their cookies; those that get it
   *     are taken out
   */
  NbdReplies(NbdWire wire, NbdExport export, Map<Long, NbdRequest> pending) {
    this.wire = wire;
    this.export = export;
    this.pending = pending;
  }

  /** Reads one message: a simple reply, or a chunk of a structured one. */
  void receive() throws IOException {
    switch (wire.readInt()) {
      case NbdProtocol.SIMPLE_REPLY_MAGIC -> receiveSimple();
      case NbdProtocol.STRUCTURED_REPLY_MAGIC -> receiveChunk();
      default -> throw new NbdProtocolException("no reply where one belongs");
    }
  }

  private void receiveSimple() throws IOException {
    int error = wire.readInt();
    long cookie = wire.readLong();
    NbdRequest request = request(cookie);
    if (error != 0) {
      request.fail(new NbdRequest.ServerError(error, request.offset(), ""));
    } else if (export.structured() || !(request instanceof NbdRead read)) {
      throw new NbdProtocolException("a simple reply where a structured one belongs");
    } else {
      read.receive(read.offset(), read.length(), wire);
    }
    end(cookie, request);
  }

  private void receiveChunk() throws IOException {
    if (!export.structured()) {
      throw new NbdProtocolException("a structured reply, which was not agreed on");
    }
    boolean done = (wire.readShort() & NbdProtocol.REPLY_FLAG_DONE) != 0;
    int type = wire.readShort();
    long cookie = wire.readLong();
    long length = wire.readUnsignedInt();
    NbdRequest request = request(cookie);
    if ((type & NbdProtocol.REPLY_ERROR) != 0) {
      receiveError(request, type, length);
    } else if (type == NbdProtocol.REPLY_NONE && length == 0 && done) {
      // Says no more than that this is the end.
    } else if (request instanceof NbdRead read
        && type == NbdProtocol.REPLY_OFFSET_DATA
        && length > Long.BYTES) {
      read.receive(wire.readLong(), length - Long.BYTES, wire);
    } else if (request instanceof NbdRead read
        && type == NbdProtocol.REPLY_OFFSET_HOLE
        && length == Long.BYTES + Integer.BYTES) {
      read.receiveHole(wire.readLong(), wire.readUnsignedInt());
    } else if (request instanceof NbdStatus status && type == NbdProtocol.REPLY_BLOCK_STATUS) {
      receiveStatus(status, length);
    } else {
      throw new NbdProtocolException(
          "a chunk of type " + type + " and " + length + " bytes where it does not belong");
    }
    if (done) {
      end(cookie, request);
    }
  }

  private void receiveStatus(NbdStatus status, long length) throws IOException {
    long descriptors = (length - Integer.BYTES) / (2 * Integer.BYTES);
    if (descriptors < 1
        || descriptors > NbdProtocol.MAX_DESCRIPTORS
        || length != Integer.BYTES + descriptors * 2 * Integer.BYTES) {
      throw new NbdProtocolException("a block status of " + length + " bytes");
    }
    if (wire.readInt() != export.allocation().orElseThrow()) {
      throw new NbdProtocolException("the block status of a context that was not asked for");
    }
    status.receive(descriptors, wire);
  }

  private void receiveError(NbdRequest request, int type, long length) throws IOException {
    if (length < Integer.BYTES + Short.BYTES || length > MAX_ERROR_LENGTH) {
      throw new NbdProtocolException("an error of " + length + " bytes");
    }
    int value = wire.readInt();
    int messageLength = wire.readShort();
    long left = length - Integer.BYTES - Short.BYTES - messageLength;
    if (messageLength > NbdProtocol.MAX_STRING || left < 0) {
      throw new NbdProtocolException("an error with a message of " + messageLength + " bytes");
    }
    String message = wire.readString(messageLength);
    long offset = request.offset();
    if (type == NbdProtocol.REPLY_ERROR_OFFSET && left >= Long.BYTES) {
      long named = wire.readLong();
      left -= Long.BYTES;
      // It serves the message only: one that strays is not worth a failure of another kind.
      offset = named >= offset && named - offset < request.length() ? named : offset;
    }
    wire.skip(left);
    request.fail(new NbdRequest.ServerError(value, offset, message));
  }

  private NbdRequest request(long cookie) throws NbdProtocolException {
    NbdRequest request = pending.get(cookie);
    if (request == null) {
      throw new NbdProtocolException("a reply to a request that is not under way");
    }
    return request;
  }

  private void end(long cookie, NbdRequest request) throws NbdProtocolException {
    request.end();
    pending.remove(cookie);
  }
}
