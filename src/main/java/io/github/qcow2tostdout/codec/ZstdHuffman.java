package io.github.qcow2tostdout.codec;

/**
 * A Huffman code of zstd's literals.
 *
 * <p>Source: RFC 8878, "Huffman Coding".
 */
final class ZstdHuffman {
  private static final int MAX_BITS = 11;
  private static final int MAX_SYMBOLS = 256;
  private static final int MAX_WEIGHTS_LOG = 6;

  private final int log;
  private final byte[] symbols;
  private final byte[] lengths;

  private ZstdHuffman(int log) {
    this.log = log;
    symbols = new byte[1 << log];
    lengths = new byte[1 << log];
  }

  /** Reads the description of a code. */
  static ZstdHuffman read(ZstdInput input) throws DamagedDataException {
    int header = input.number8();
    int[] weights = new int[MAX_SYMBOLS];
    int count =
        header >= 128
            ? direct(input, header - 127, weights)
            : compressed(input.take(header), weights);
    return of(weights, count);
  }

  private static int direct(ZstdInput input, int count, int[] weights) throws DamagedDataException {
    for (int i = 0; i < count; i += 2) {
      int pair = input.number8();
      weights[i] = pair >>> 4;
      weights[i + 1] = pair & 15;
    }
    return count;
  }

  /** Weights of which two coders take turns, until the bits are used up. */
  private static int compressed(ZstdInput input, int[] weights) throws DamagedDataException {
    ZstdFse table = ZstdFse.read(input, MAX_WEIGHTS_LOG, MAX_BITS + 1);
    ZstdBits bits = new ZstdBits(input);
    int one = table.start(bits);
    int other = table.start(bits);
    int count = 0;
    while (count < MAX_SYMBOLS - 2) {
      weights[count] = table.symbol(one);
      count++;
      int next = table.next(one, bits);
      if (bits.left() < 0) {
        weights[count] = table.symbol(other);
        return count + 1;
      }
      one = other;
      other = next;
    }
    throw new DamagedDataException("a zstd Huffman code that is damaged");
  }

  /** Builds a code; the last symbol's weight is what is missing. */
  private static ZstdHuffman of(int[] weights, int count) throws DamagedDataException {
    int sum = 0;
    int longest = 0;
    for (int i = 0; i < count; i++) {
      sum += weights[i] == 0 ? 0 : 1 << (weights[i] - 1);
      longest += weights[i] == 1 ? 1 : 0;
    }
    int log = 32 - Integer.numberOfLeadingZeros(sum);
    int missing = (1 << log) - sum;
    if (sum == 0 || log > MAX_BITS || Integer.bitCount(missing) != 1) {
      throw new DamagedDataException("a zstd Huffman code that is damaged");
    }
    weights[count] = Integer.numberOfTrailingZeros(missing) + 1;
    if (longest == 0) {
      throw new DamagedDataException("a zstd Huffman code that is longer than it has to be");
    }
    ZstdHuffman code = new ZstdHuffman(log);
    int at = 0;
    for (int weight = 1; weight <= log; weight++) {
      for (int symbol = 0; symbol <= count; symbol++) {
        if (weights[symbol] == weight) {
          int end = at + (1 << (weight - 1));
          for (; at < end; at++) {
            code.symbols[at] = (byte) symbol;
            code.lengths[at] = (byte) (log + 1 - weight);
          }
        }
      }
    }
    return code;
  }

  /** Whether one of the first symbols of a stream is not zero. */
  boolean beginsWithData(ZstdInput input, int count) throws DamagedDataException {
    ZstdBits bits = new ZstdBits(input);
    for (int i = 0; i < count; i++) {
      int code = bits.peek(log);
      if (symbols[code] != 0) {
        return true;
      }
      bits.skip(lengths[code]);
    }
    return false;
  }

  /** Decodes a stream, which has as many symbols as are wanted and no bit more. */
  void decode(ZstdInput input, byte[] out, int from, int to) throws DamagedDataException {
    ZstdBits bits = new ZstdBits(input);
    for (int at = from; at < to; at++) {
      int code = bits.peek(log);
      out[at] = symbols[code];
      bits.skip(lengths[code]);
    }
    if (bits.left() != 0) {
      throw new DamagedDataException("a zstd Huffman stream that does not end where it should");
    }
  }
}
