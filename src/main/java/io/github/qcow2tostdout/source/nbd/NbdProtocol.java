package io.github.qcow2tostdout.source.nbd;

import java.util.Map;

/** The numbers of the NBD protocol, as its proto.md calls them; big-endian on the wire. */
final class NbdProtocol {
  private NbdProtocol() {}

  /** First 8 bytes from the server: "NBDMAGIC". */
  static final long MAGIC = 0x4e42444d41474943L;

  /** The 8 bytes behind it in newstyle negotiation, and in front of each option: "IHAVEOPT". */
  static final long OPTION_MAGIC = 0x49484156454F5054L;

  /** What oldstyle negotiation has there. */
  static final long OLDSTYLE_MAGIC = 0x00420281861253L;

  static final long OPTION_REPLY_MAGIC = 0x3e889045565a9L;
  static final int REQUEST_MAGIC = 0x25609513;
  static final int SIMPLE_REPLY_MAGIC = 0x67446698;
  static final int STRUCTURED_REPLY_MAGIC = 0x668e33ef;

  /** Handshake flags, and the client's, which have the same bits. */
  static final int FLAG_FIXED_NEWSTYLE = 1;

  static final int FLAG_NO_ZEROES = 1 << 1;

  /** Of an export: {@link #CMD_FLAG_DF} can be had. */
  static final int FLAG_SEND_DF = 1 << 7;

  static final int OPT_EXPORT_NAME = 1;
  static final int OPT_ABORT = 2;
  static final int OPT_GO = 7;
  static final int OPT_STRUCTURED_REPLY = 8;
  static final int OPT_SET_META_CONTEXT = 10;

  static final int REP_ACK = 1;
  static final int REP_INFO = 3;
  static final int REP_META_CONTEXT = 4;

  /** Set in the type of each reply that is an error. */
  static final int REP_ERROR = 1 << 31;

  static final int REP_ERR_UNSUP = REP_ERROR | 1;
  static final int REP_ERR_POLICY = REP_ERROR | 2;
  static final int REP_ERR_TLS_REQD = REP_ERROR | 5;
  static final int REP_ERR_UNKNOWN = REP_ERROR | 6;
  static final int REP_ERR_SHUTDOWN = REP_ERROR | 7;

  static final int INFO_EXPORT = 0;
  static final int INFO_BLOCK_SIZE = 3;

  /** Zeroes behind the reply to {@link #OPT_EXPORT_NAME}, unless both sides can do without. */
  static final int EXPORT_NAME_ZEROES = 124;

  /** The metadata context that says where data is. */
  static final String BASE_ALLOCATION = "base:allocation";

  static final int STATE_ZERO = 1 << 1;

  static final int CMD_READ = 0;
  static final int CMD_DISC = 2;
  static final int CMD_BLOCK_STATUS = 7;

  /** For a read whose data is to come in one chunk. */
  static final int CMD_FLAG_DF = 1 << 2;

  static final int REQUEST_SIZE = 28;

  static final int REPLY_FLAG_DONE = 1;
  static final int REPLY_NONE = 0;
  static final int REPLY_OFFSET_DATA = 1;
  static final int REPLY_OFFSET_HOLE = 2;
  static final int REPLY_BLOCK_STATUS = 5;

  /** Set in the type of each chunk that is an error. */
  static final int REPLY_ERROR = 1 << 15;

  static final int REPLY_ERROR_OFFSET = REPLY_ERROR | 2;

  /** Names and messages are no longer than that, in bytes. */
  static final int MAX_STRING = 4096;

  /** No server should send more block descriptors at once. */
  static final int MAX_DESCRIPTORS = 1 << 20;

  /** No minimum block size may be larger. */
  static final int MAX_MINIMUM_BLOCK = 1 << 16;

  /** What every server takes in one read that does not say otherwise. */
  static final long DEFAULT_MAXIMUM_PAYLOAD = 1L << 25;

  static final int EIO = 5;
  static final int EINVAL = 22;
  static final int EOVERFLOW = 75;
  static final int ENOTSUP = 95;

  private static final Map<Integer, String> ERRORS =
      Map.of(
          1,
          "Operation not permitted",
          EIO,
          "Input/output error",
          12,
          "Cannot allocate memory",
          EINVAL,
          "Invalid argument",
          28,
          "No space left on device",
          EOVERFLOW,
          "Value too large",
          ENOTSUP,
          "Operation not supported",
          108,
          "the server is shutting down");

  /** The protocol's words for an error value. */
  static String error(int value) {
    return ERRORS.getOrDefault(value, "error " + Integer.toUnsignedString(value));
  }

  /** The words for a type of error that an option was answered with. */
  static String refusal(int type) {
    return switch (type) {
      case REP_ERR_UNSUP -> "it does not know the option";
      case REP_ERR_POLICY -> "its policy forbids it";
      case REP_ERR_UNKNOWN -> "it has no such export";
      case REP_ERR_SHUTDOWN -> "it is shutting down";
      default -> "error " + (type & ~REP_ERROR) + " of its option replies";
    };
  }
}
