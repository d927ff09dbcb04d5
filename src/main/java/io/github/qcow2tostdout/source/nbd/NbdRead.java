package io.github.qcow2tostdout.source.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Optional;
import java.util.function.IntFunction;

/** A request for data, and the data. Chunks may come in any order, but each byte once. */
final class NbdRead extends NbdRequest {
  private final IntFunction<ByteBuffer> memory;
  private Optional<ByteBuffer> data = Optional.empty();

  /** Bytes from the start on that have come without a gap. */
  private int filled;

  /** Bytes that have come otherwise, by offset in the data; made when there are some. */
  private BitSet scattered = new BitSet(0);

  /**
   * @param unfragmented whether the data is to come in one chunk
   * @param memory a buffer for so many bytes; asked for once, when the first of them come
   */
  NbdRead(long offset, int length, boolean unfragmented, IntFunction<ByteBuffer> memory) {
    super(NbdProtocol.CMD_READ, unfragmented ? NbdProtocol.CMD_FLAG_DF : 0, offset, length);
    this.memory = memory;
  }

  /** Whether it was too long for one chunk, which a server may say of any that it is asked for. */
  boolean isTooLongForOneChunk() {
    return has(NbdProtocol.CMD_FLAG_DF)
        && error().isPresent()
        && error().get().value() == NbdProtocol.EOVERFLOW;
  }

  /** The buffer with the data, if some has come. */
  Optional<ByteBuffer> data() {
    return data;
  }

  /** Takes data from the server. */
  void receive(long from, long count, NbdWire wire) throws IOException {
    wire.readFully(claim(from, count));
  }

  /** Takes a hole, which reads as zeroes. */
  void receiveHole(long from, long count) throws NbdProtocolException {
    ByteBuffer hole = claim(from, count);
    while (hole.remaining() >= Long.BYTES) {
      hole.putLong(0);
    }
    while (hole.hasRemaining()) {
      hole.put((byte) 0);
    }
  }

  /** The part of the data that a chunk is for. */
  private ByteBuffer claim(long from, long count) throws NbdProtocolException {
    if (from < offset() || count < 1 || count > length() - (from - offset())) {
      throw new NbdProtocolException(
          count
              + " bytes at byte "
              + Long.toUnsignedString(from)
              + " in the reply to a read of "
              + length()
              + " bytes at byte "
              + offset());
    }
    int start = Math.toIntExact(from - offset());
    int end = Math.toIntExact(start + count);
    int taken = scattered.nextSetBit(start);
    if (start < filled || (taken >= 0 && taken < end)) {
      throw new NbdProtocolException("data at byte " + from + " that was there already");
    }
    if (start == filled) {
      filled = end;
    } else {
      scattered.set(start, end);
    }
    if (data.isEmpty()) {
      data = Optional.of(memory.apply((int) length()));
    }
    return data.get().slice(start, end - start);
  }

  @Override
  void checkWhole() throws NbdProtocolException {
    int at = filled;
    while (at < length() && scattered.get(at)) {
      at = scattered.nextClearBit(at);
    }
    if (at < length()) {
      throw new NbdProtocolException(
          "a reply that ends without the data at byte " + (offset() + at));
    }
    scattered = new BitSet(0);
  }
}
