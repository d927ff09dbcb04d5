package io.github.qcow2tostdout.codec;

import java.util.Arrays;
import java.util.Optional;

/**
 * The literals of a zstd block.
 *
 * <p>Source: RFC 8878, "Literals_Section".
 */
final class ZstdLiterals {
  private static final int RAW = 0;
  private static final int RLE = 1;
  private static final int COMPRESSED = 2;
  private static final int STREAMS = 4;

  private final byte[] bytes = new byte[ZstdDecoder.MAX_BLOCK];
  private int size;
  private Optional<ZstdHuffman> code = Optional.empty();

  /** A frame starts: there is no code yet. */
  void reset() {
    code = Optional.empty();
  }

  /** The literals, from index 0 up to {@link #size}. */
  byte[] bytes() {
    return bytes;
  }

  int size() {
    return size;
  }

  /** Reads and decodes the section. */
  void read(ZstdInput input) throws DamagedDataException {
    int first = input.number8();
    int type = first & 3;
    int format = first >>> 2 & 3;
    if (type == RAW || type == RLE) {
      plain(input, first, type, format);
      return;
    }
    int bits = sizeBits(format);
    long sizes = sizes(input, first, bits);
    setSize(sizes & ((1L << bits) - 1));
    ZstdInput data = input.take((int) (sizes >>> bits));
    if (type == COMPRESSED) {
      code = Optional.of(ZstdHuffman.read(data));
    }
    if (code.isEmpty()) {
      throw new DamagedDataException("a zstd block that refers to a Huffman code before the first");
    }
    if (format == 0) {
      code.get().decode(data, bytes, 0, size);
    } else {
      fourStreams(data, code.get());
    }
  }

  /**
   * Whether one of the first literals is not zero.
   *
   * @param count how many are looked at
   */
  static boolean beginWithData(ZstdInput input, int count) throws DamagedDataException {
    int first = input.number8();
    int format = first >>> 2 & 3;
    return switch (first & 3) {
      case RAW -> input.hasData((int) Math.min(count, plainSize(input, first, format)));
      case RLE -> input.hasData((int) Math.min(1, plainSize(input, first, format)));
      case COMPRESSED -> beginWithData(input, first, format, count);
      default -> false;
    };
  }

  private static boolean beginWithData(ZstdInput input, int first, int format, int count)
      throws DamagedDataException {
    int bits = sizeBits(format);
    long sizes = sizes(input, first, bits);
    int size = (int) (sizes & ((1L << bits) - 1));
    ZstdInput data = input.take((int) (sizes >>> bits));
    ZstdHuffman code = ZstdHuffman.read(data);
    if (format == 0) {
      return code.beginsWithData(data, Math.min(count, size));
    }
    int length = (int) data.number(2);
    data.skip(2 * (STREAMS - 2));
    return code.beginsWithData(data.take(length), Math.min(count, Math.ceilDiv(size, STREAMS)));
  }

  private static int sizeBits(int format) {
    return format < 2 ? 10 : format == 2 ? 14 : 18;
  }

  /** The size of the literals, and from that bit on the size of what they are coded in. */
  private static long sizes(ZstdInput input, int first, int bits) throws DamagedDataException {
    return first >>> 4 | input.number((2 * bits + 4) / Byte.SIZE - 1) << 4;
  }

  private static long plainSize(ZstdInput input, int first, int format)
      throws DamagedDataException {
    int more = (format & 1) == 0 ? 0 : format == 1 ? 1 : 2;
    long rest = input.number(more);
    return more == 0 ? first >>> 3 : first >>> 4 | rest << 4;
  }

  private void plain(ZstdInput input, int first, int type, int format) throws DamagedDataException {
    setSize(plainSize(input, first, format));
    if (type == RLE) {
      Arrays.fill(bytes, 0, size, (byte) input.number8());
    } else {
      int from = input.at();
      input.skip(size);
      System.arraycopy(input.bytes(), from, bytes, 0, size);
    }
  }

  private void setSize(long count) throws DamagedDataException {
    if (count > bytes.length) {
      throw new DamagedDataException("a zstd block of more literals than a block may have");
    }
    size = (int) count;
  }

  private void fourStreams(ZstdInput data, ZstdHuffman huffman) throws DamagedDataException {
    int[] lengths = new int[STREAMS];
    for (int i = 0; i < STREAMS - 1; i++) {
      lengths[i] = (int) data.number(2);
    }
    int each = (size + STREAMS - 1) / STREAMS;
    for (int i = 0; i < STREAMS; i++) {
      ZstdInput stream = data.take(i < STREAMS - 1 ? lengths[i] : data.remaining());
      huffman.decode(stream, bytes, Math.min(size, i * each), Math.min(size, (i + 1) * each));
    }
  }
}
