package io.github.qcow2tostdout.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;

/**
 * An image that an input of the fuzz test stands for: one of {@link FuzzBases}, and what is done to
 * it. So a few bytes reach deep, and almost any change of them gives an image that is almost right.
 *
 * <pre>
 * byte 0   number of the base, modulo their number plus one; the last is an empty file
 * then     steps, each a byte that is taken modulo 8 and operands, big-endian:
 * 0        place (3 bytes), width (1, of which 2 bits), value: writes 1, 2, 4 or 8 bytes
 * 1        word (2), value (8): writes a word
 * 2        word (2), bit (1): turns a bit
 * 3        word (2), word (2): copies a word
 * 4        word (2), cluster (2), flags (1): makes an entry that points to a cluster
 * 5        size (4, of which 24 bits): cuts the file or makes it longer
 * 6        place (3), words (3, of which 20 bits), value (8), step (4): fills with an arithmetic series
 * 7        place (3), place (3), length (2): copies bytes
 * </pre>
 *
 * A word is 8 bytes, numbered among those of the base that are not zero, of which there are few and
 * most are metadata. What is missing at the end of the input is zero.
 */
final class FuzzImage {
  private static final List<byte[]> BASES = FuzzBases.load();
  private static final int MAX_BYTES = 16 << 20;
  private static final int SIZE_MASK = (1 << 24) - 1;
  private static final int FILL_MASK = (1 << 20) - 1;
  private static final int BLOCK = 4096;

  private final ByteBuffer input;
  private byte[] bytes;
  private int[] words;

  /** Of the file; behind the bytes it is a hole. */
  private long size;

  private FuzzImage(byte[] input) {
    this.input = ByteBuffer.wrap(input);
    int number = (int) take(1) % (BASES.size() + 1);
    bytes = number == BASES.size() ? new byte[0] : BASES.get(number).clone();
    size = bytes.length;
    words = words(bytes);
  }

  /** The image of an input. */
  static FuzzImage of(byte[] input) {
    FuzzImage image = new FuzzImage(input);
    while (image.input.hasRemaining()) {
      image.step((int) take(image.input, 1) & 7);
    }
    return image;
  }

  private static int[] words(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    int[] words = new int[bytes.length / Long.BYTES + 1];
    int count = 1;
    for (int at = 0; at + Long.BYTES <= bytes.length; at += Long.BYTES) {
      if (buffer.getLong(at) != 0 && at > 0) {
        words[count] = at;
        count++;
      }
    }
    return Arrays.copyOf(words, count);
  }

  private long take(int count) {
    return take(input, count);
  }

  private static long take(ByteBuffer from, int count) {
    long value = 0;
    for (int i = 0; i < count; i++) {
      value = value << Byte.SIZE | (from.hasRemaining() ? Byte.toUnsignedLong(from.get()) : 0);
    }
    return value;
  }

  private int place() {
    return (int) take(3);
  }

  private int word() {
    return words[(int) take(2) % words.length];
  }

  private void step(int kind) {
    switch (kind) {
      case 0 -> {
        int at = place();
        int width = 1 << (take(1) & 3);
        write(at, take(width), width);
      }
      case 1 -> writeWord(word(), take(8));
      case 2 -> {
        int at = word();
        writeWord(at, read(at) ^ 1L << (take(1) & 63));
      }
      case 3 -> {
        int from = word();
        writeWord(word(), read(from));
      }
      case 4 -> {
        int at = word();
        long cluster = take(2) << clusterBits();
        long flags = take(1);
        writeWord(at, cluster | (flags & 0xe0) << 56 | (flags & 0x1f));
      }
      case 5 -> resize(take(4) & SIZE_MASK);
      case 6 -> fill(place(), (int) take(3) & FILL_MASK, take(8), (int) take(4));
      default -> copy(place(), place(), (int) take(2));
    }
  }

  private int clusterBits() {
    int bits = bytes.length < 24 ? 0 : ByteBuffer.wrap(bytes).getInt(20);
    return Math.clamp(bits, 9, 21);
  }

  private void resize(long newSize) {
    size = newSize;
    if (bytes.length > size) {
      bytes = Arrays.copyOf(bytes, (int) size);
    }
  }

  /** Makes room; whether there can be that much. */
  private boolean reaches(int at, int count) {
    if (at + count > MAX_BYTES) {
      return false;
    }
    if (bytes.length < at + count) {
      bytes = Arrays.copyOf(bytes, at + count);
    }
    size = Math.max(size, bytes.length);
    return true;
  }

  private long read(int at) {
    return at + Long.BYTES <= bytes.length ? ByteBuffer.wrap(bytes).getLong(at) : 0;
  }

  private void writeWord(int at, long value) {
    write(at, value, Long.BYTES);
  }

  private void write(int at, long value, int width) {
    if (reaches(at, width)) {
      for (int i = 0; i < width; i++) {
        bytes[at + i] = (byte) (value >>> ((width - 1 - i) * Byte.SIZE));
      }
    }
  }

  private void fill(int at, int count, long first, int step) {
    if (reaches(at, count * Long.BYTES)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      for (int i = 0; i < count; i++) {
        buffer.putLong(at + i * Long.BYTES, first + (long) i * step);
      }
    }
  }

  private void copy(int from, int to, int length) {
    int there = Math.clamp((long) bytes.length - from, 0, length);
    if (there > 0 && reaches(to, there)) {
      System.arraycopy(bytes, from, bytes, to, there);
    }
  }

  /** Bytes of the file. */
  long size() {
    return size;
  }

  /** Writes it to a file; zeroes become holes. */
  void write(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      for (int at = 0; at < bytes.length; at += BLOCK) {
        int end = Math.min(bytes.length, at + BLOCK);
        if (Arrays.mismatch(bytes, at, end, new byte[BLOCK], 0, end - at) >= 0) {
          channel.write(ByteBuffer.wrap(bytes, at, end - at), at);
        }
      }
      if (channel.size() < size) {
        channel.write(ByteBuffer.allocate(1), size - 1);
      }
    }
  }
}
