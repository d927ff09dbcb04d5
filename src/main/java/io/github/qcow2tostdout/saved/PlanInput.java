package io.github.qcow2tostdout.saved;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.qcow2tostdout.format.ImageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.util.zip.CRC32C;

/**
 * Reads the parts of a plan and holds each against its checksum. No buffer is larger than what is
 * there to read.
 */
final class PlanInput {
  private static final int BUFFER_SIZE = 64 << 10;

  /** The longest text: the longest path that Linux takes is shorter. */
  private static final int MAX_TEXT = 64 << 10;

  private final String name;
  private final FileChannel channel;
  private final long size;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_SIZE).limit(0);
  private final CRC32C sum = new CRC32C();

  /** Where in the file the buffer begins. */
  private long base;

  /** Where in the buffer the bytes begin that are not in the checksum yet. */
  private int unsummed;

  /** Reads a file from its beginning. */
  PlanInput(String name, FileChannel channel) throws IOException {
    this(name, channel, 0);
  }

  /** Reads a file from an offset on, where a part begins. */
  PlanInput(String name, FileChannel channel, long from) throws IOException {
    this.name = name;
    this.channel = channel;
    size = channel.size();
    base = from;
  }

  /** Where the next byte is. */
  long position() {
    return base + buffer.position();
  }

  /** Bytes of the file. */
  long size() {
    return size;
  }

  /** What the user calls the file. */
  String name() {
    return name;
  }

  int u8() throws IOException {
    return Byte.toUnsignedInt(here(Byte.BYTES).get());
  }

  int u16() throws IOException {
    return Short.toUnsignedInt(here(Short.BYTES).getShort());
  }

  long u32() throws IOException {
    return Integer.toUnsignedLong(here(Integer.BYTES).getInt());
  }

  /** A number that is not negative. */
  long u63() throws IOException {
    long at = position();
    long value = here(Long.BYTES).getLong();
    if (value < 0) {
      throw damaged("a number at byte " + at + " is too large");
    }
    return value;
  }

  /** Any 64 bits. */
  long bits64() throws IOException {
    return here(Long.BYTES).getLong();
  }

  /** Fills an array. */
  void bytes(byte[] bytes) throws IOException {
    require(bytes.length);
    for (int at = 0; at < bytes.length; ) {
      int count = Math.min(bytes.length - at, here(1).remaining());
      buffer.get(bytes, at, count);
      at += count;
    }
  }

  String text() throws IOException {
    long at = position();
    long length = u32();
    if (length > MAX_TEXT) {
      throw damaged("a text at byte " + at + " has " + length + " bytes");
    }
    byte[] bytes = new byte[(int) length];
    bytes(bytes);
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw damaged("the text at byte " + at + " is no UTF-8");
    }
  }

  /** Ends a part: throws unless the checksum that follows is that of all since the last. */
  void checksum() throws IOException {
    update();
    long value = sum.getValue();
    long at = position();
    long stored = u32();
    sum.reset();
    unsummed = buffer.position();
    if (stored != value) {
      throw damaged("the checksum at byte " + at + " is not that of what is before it");
    }
  }

  /** Goes on at an offset; all before is in a checksum already. */
  void skipTo(long offset) {
    base = offset;
    buffer.limit(0);
    sum.reset();
    unsummed = 0;
  }

  /** Throws unless the file has so many bytes more. */
  void require(long count) throws ImageException.UnusablePlan {
    if (count > size - position()) {
      throw damaged("it ends at byte " + size + ", and should go on for " + count + " bytes behind "
          + position());
    }
  }

  /** The error for a plan that is not as it was written. */
  ImageException.UnusablePlan damaged(String fact) {
    return new ImageException.UnusablePlan(
        name, "it is damaged: " + fact, "copy it once more, or make it again");
  }

  private ByteBuffer here(int count) throws IOException {
    if (buffer.remaining() < count) {
      require(count);
      fill(count);
    }
    return buffer;
  }

  private void fill(int count) throws IOException {
    update();
    base += buffer.position();
    buffer.compact();
    unsummed = 0;
    while (buffer.position() < count) {
      if (channel.read(buffer, base + buffer.position()) < 0) {
        throw damaged("it ends while it is read");
      }
    }
    buffer.flip();
  }

  private void update() {
    sum.update(buffer.array(), unsummed, buffer.position() - unsummed);
    unsummed = buffer.position();
  }
}
