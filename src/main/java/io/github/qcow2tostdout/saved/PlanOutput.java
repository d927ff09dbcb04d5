package io.github.qcow2tostdout.saved;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.qcow2tostdout.work.FullWrite;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.zip.CRC32C;

/** Writes the parts of a plan, each with the checksum of its bytes; {@link PlanInput}'s twin. */
final class PlanOutput {
  private static final int BUFFER_SIZE = 64 << 10;

  private final WritableByteChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_SIZE);
  private final CRC32C sum = new CRC32C();
  private long flushed;

  /** Where the bytes begin that are not in the checksum yet. */
  private int unsummed;

  PlanOutput(WritableByteChannel channel) {
    this.channel = channel;
  }

  /** Bytes that were written. */
  long position() {
    return flushed + buffer.position();
  }

  void u8(int value) throws IOException {
    room(Byte.BYTES).put((byte) value);
  }

  void u16(int value) throws IOException {
    room(Short.BYTES).putShort((short) value);
  }

  void u32(long value) throws IOException {
    room(Integer.BYTES).putInt((int) value);
  }

  void u64(long value) throws IOException {
    room(Long.BYTES).putLong(value);
  }

  void bytes(byte[] bytes) throws IOException {
    for (int at = 0; at < bytes.length; ) {
      int count = Math.min(bytes.length - at, room(1).remaining());
      buffer.put(bytes, at, count);
      at += count;
    }
  }

  /** The number of its bytes, and they. */
  void text(String text) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    u32(bytes.length);
    bytes(bytes);
  }

  /** Ends a part: the checksum of all that came since the last. */
  void checksum() throws IOException {
    update();
    long value = sum.getValue();
    sum.reset();
    u32(value);
    unsummed = buffer.position();
  }

  private ByteBuffer room(int size) throws IOException {
    if (buffer.remaining() < size) {
      flush();
    }
    return buffer;
  }

  private void update() {
    sum.update(buffer.array(), unsummed, buffer.position() - unsummed);
    unsummed = buffer.position();
  }

  /** Writes what is still here. */
  void flush() throws IOException {
    update();
    flushed += buffer.position();
    FullWrite.write(channel, buffer.flip());
    buffer.clear();
    unsummed = 0;
  }
}
