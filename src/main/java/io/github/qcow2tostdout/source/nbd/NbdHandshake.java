package io.github.qcow2tostdout.source.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.OptionalInt;

/** Fixed newstyle negotiation: agrees with a server on an export and on how it is read. */
final class NbdHandshake {
  /** An honest reply holds a name and some numbers. */
  private static final long MAX_REPLY = 2 * NbdProtocol.MAX_STRING;

  /** An honest server has a handful of things to say before it comes to an end. */
  private static final int MAX_REPLIES = 1000;

  private final NbdWire wire;
  private final byte[] export;
  private boolean zeroes;
  private boolean structured;
  private OptionalInt allocation = OptionalInt.empty();
  private OptionalInt contextOffered = OptionalInt.empty();
  private boolean exportSeen;
  private long size;
  private int flags;
  private long minimumBlock = 1;
  private long maximumPayload = NbdProtocol.DEFAULT_MAXIMUM_PAYLOAD;

  private NbdHandshake(NbdWire wire, String export) {
    this.wire = wire;
    this.export = export.getBytes(UTF_8);
  }

  /** A reply to an option: its type and the length of its data, which is still to be read. */
  private record Reply(int type, int length) {
    boolean isError() {
      return type < 0;
    }
  }

  /**
   * Negotiates; the server is then ready for requests.
   *
   * @throws IOException if the server has no such export, or won't or can't; the message is the
   *     reason
   */
  static NbdExport negotiate(NbdWire wire, String export) throws IOException {
    return new NbdHandshake(wire, export).run();
  }

  private NbdExport run() throws IOException {
    greet();
    structured = isAccepted(NbdProtocol.OPT_STRUCTURED_REPLY, ByteBuffer.allocate(0));
    if (structured && isAccepted(NbdProtocol.OPT_SET_META_CONTEXT, contextQuery())) {
      allocation = contextOffered;
    }
    if (!go()) {
      enterByName();
    }
    return NbdExport.of(size, flags, structured, allocation, minimumBlock, maximumPayload);
  }

  private void greet() throws IOException {
    if (wire.readLong() != NbdProtocol.MAGIC) {
      throw new IOException("what answers there is no NBD server; check the address");
    }
    long magic = wire.readLong();
    if (magic == NbdProtocol.OLDSTYLE_MAGIC) {
      throw new IOException(
          "the server knows oldstyle negotiation only, which is not supported; use another");
    }
    if (magic != NbdProtocol.OPTION_MAGIC) {
      throw new NbdProtocolException("its greeting is unknown");
    }
    int offered = wire.readShort();
    if ((offered & NbdProtocol.FLAG_FIXED_NEWSTYLE) == 0) {
      throw new IOException(
          "the server does not know fixed newstyle negotiation, and nothing else is supported;"
              + " use another");
    }
    zeroes = (offered & NbdProtocol.FLAG_NO_ZEROES) == 0;
    wire.write(
        ByteBuffer.allocate(Integer.BYTES)
            .putInt(offered & (NbdProtocol.FLAG_FIXED_NEWSTYLE | NbdProtocol.FLAG_NO_ZEROES))
            .flip());
  }

  /** Asks for an option that a server may be without. */
  private boolean isAccepted(int option, ByteBuffer data) throws IOException {
    send(option, data);
    for (int count = 0; count < MAX_REPLIES; count++) {
      Reply reply = reply(option);
      if (reply.isError()) {
        refuseTls(reply);
        wire.skip(reply.length());
        return false;
      }
      if (reply.type() == NbdProtocol.REP_META_CONTEXT) {
        readContext(reply);
      } else {
        wire.skip(reply.length());
        if (reply.type() == NbdProtocol.REP_ACK) {
          return true;
        }
      }
    }
    throw endless(option);
  }

  private ByteBuffer contextQuery() {
    byte[] query = NbdProtocol.BASE_ALLOCATION.getBytes(UTF_8);
    return ByteBuffer.allocate(3 * Integer.BYTES + export.length + query.length)
        .putInt(export.length)
        .put(export)
        .putInt(1)
        .putInt(query.length)
        .put(query)
        .flip();
  }

  private void readContext(Reply reply) throws IOException {
    if (reply.length() < Integer.BYTES) {
      throw new NbdProtocolException("a metadata context without an id");
    }
    int id = wire.readInt();
    if (wire.readString(reply.length() - Integer.BYTES).equals(NbdProtocol.BASE_ALLOCATION)) {
      contextOffered = OptionalInt.of(id);
    }
  }

  /** Enters transmission; false if the server does not know that way. */
  private boolean go() throws IOException {
    send(
        NbdProtocol.OPT_GO,
        ByteBuffer.allocate(2 * Integer.BYTES + export.length)
            .putInt(export.length)
            .put(export)
            .putShort((short) 1)
            .putShort((short) NbdProtocol.INFO_BLOCK_SIZE)
            .flip());
    for (int count = 0; count < MAX_REPLIES; count++) {
      Reply reply = reply(NbdProtocol.OPT_GO);
      if (reply.type() == NbdProtocol.REP_ERR_UNSUP) {
        wire.skip(reply.length());
        return false;
      }
      if (reply.isError()) {
        throw refused(reply);
      }
      if (reply.type() == NbdProtocol.REP_INFO) {
        readInfo(reply);
      } else {
        wire.skip(reply.length());
        if (reply.type() == NbdProtocol.REP_ACK) {
          if (!exportSeen) {
            throw new NbdProtocolException("it names no size of the export");
          }
          return true;
        }
      }
    }
    throw endless(NbdProtocol.OPT_GO);
  }

  private void readInfo(Reply reply) throws IOException {
    int type = reply.length() < Short.BYTES ? -1 : wire.readShort();
    int left = reply.length() - Short.BYTES;
    if (type == NbdProtocol.INFO_EXPORT && left == Long.BYTES + Short.BYTES) {
      size = wire.readLong();
      flags = wire.readShort();
      exportSeen = true;
    } else if (type == NbdProtocol.INFO_BLOCK_SIZE && left == 3 * Integer.BYTES) {
      minimumBlock = wire.readUnsignedInt();
      wire.readInt();
      maximumPayload = wire.readUnsignedInt();
    } else if (type < 0 || type == NbdProtocol.INFO_EXPORT || type == NbdProtocol.INFO_BLOCK_SIZE) {
      throw new NbdProtocolException("information of " + reply.length() + " bytes");
    } else {
      wire.skip(left);
    }
  }

  /** The older way in, whose refusal is a connection that ends. */
  private void enterByName() throws IOException {
    send(NbdProtocol.OPT_EXPORT_NAME, ByteBuffer.wrap(export));
    try {
      size = wire.readLong();
    } catch (IOException e) {
      throw new IOException(e.getMessage() + "; it may have no such export", e);
    }
    flags = wire.readShort();
    wire.skip(zeroes ? NbdProtocol.EXPORT_NAME_ZEROES : 0);
  }

  private void send(int option, ByteBuffer data) throws IOException {
    wire.write(
        ByteBuffer.allocate(Long.BYTES + 2 * Integer.BYTES + data.remaining())
            .putLong(NbdProtocol.OPTION_MAGIC)
            .putInt(option)
            .putInt(data.remaining())
            .put(data)
            .flip());
  }

  private Reply reply(int option) throws IOException {
    if (wire.readLong() != NbdProtocol.OPTION_REPLY_MAGIC) {
      throw new NbdProtocolException("no reply to an option where one belongs");
    }
    if (wire.readInt() != option) {
      throw new NbdProtocolException("a reply to an option that was not sent");
    }
    int type = wire.readInt();
    long length = wire.readUnsignedInt();
    if (length > MAX_REPLY) {
      throw new NbdProtocolException("a reply of " + length + " bytes to an option");
    }
    return new Reply(type, Math.toIntExact(length));
  }

  private void refuseTls(Reply reply) throws IOException {
    if (reply.type() == NbdProtocol.REP_ERR_TLS_REQD) {
      throw abort("the server wants TLS, which is not there yet; use a tunnel of ssh");
    }
  }

  private IOException refused(Reply reply) throws IOException {
    refuseTls(reply);
    String message = wire.readString(reply.length());
    return abort(
        "the server refuses: "
            + NbdProtocol.refusal(reply.type())
            + (message.isBlank() ? "" : " (" + message.strip() + ")"));
  }

  /** The error to end with, once the server has been told that it is over. */
  private IOException abort(String message) throws IOException {
    send(NbdProtocol.OPT_ABORT, ByteBuffer.allocate(0));
    return new IOException(message);
  }

  private static IOException endless(int option) {
    return new NbdProtocolException("its reply to option " + option + " has no end");
  }
}
