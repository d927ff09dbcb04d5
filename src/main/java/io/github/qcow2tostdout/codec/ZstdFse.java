package io.github.qcow2tostdout.codec;

import java.util.Arrays;

/**
 * A decoding table of zstd's Finite State Entropy coder.
 *
 * <p>Source: RFC 8878, "FSE".
 */
final class ZstdFse {
  private final int log;
  private final byte[] symbols;
  private final byte[] bits;
  private final int[] bases;

  private ZstdFse(int log) {
    this.log = log;
    symbols = new byte[1 << log];
    bits = new byte[1 << log];
    bases = new int[1 << log];
  }

  /** A table with one symbol, which takes no bits. */
  static ZstdFse ofOne(int symbol) {
    ZstdFse table = new ZstdFse(0);
    table.symbols[0] = (byte) symbol;
    return table;
  }

  /**
   * Builds a table.
   *
   * @param log of its size
   * @param weights of the symbols, together the size; -1 counts as one, and takes all bits
   */
  static ZstdFse of(int log, int... weights) {
    ZstdFse table = new ZstdFse(log);
    int size = 1 << log;
    int high = size;
    for (int symbol = 0; symbol < weights.length; symbol++) {
      if (weights[symbol] == -1) {
        high--;
        table.symbols[high] = (byte) symbol;
      }
    }
    int step = (size >> 1) + (size >> 3) + 3;
    int position = 0;
    for (int symbol = 0; symbol < weights.length; symbol++) {
      for (int i = 0; i < weights[symbol]; i++) {
        table.symbols[position] = (byte) symbol;
        do {
          position = (position + step) & (size - 1);
        } while (position >= high);
      }
    }
    int[] next = new int[weights.length];
    for (int symbol = 0; symbol < weights.length; symbol++) {
      next[symbol] = Math.abs(weights[symbol]);
    }
    for (int state = 0; state < size; state++) {
      int symbol = table.symbols[state];
      int count = log - (31 - Integer.numberOfLeadingZeros(next[symbol]));
      table.bits[state] = (byte) count;
      table.bases[state] = (next[symbol] << count) - size;
      next[symbol]++;
    }
    return table;
  }

  /**
   * Reads the description of a table.
   *
   * @param maxLog the largest that may be
   * @param maxSymbols how many symbols there may be
   */
  static ZstdFse read(ZstdInput input, int maxLog, int maxSymbols) throws DamagedDataException {
    Description description = new Description(input);
    int log = description.read(4) + 5;
    int[] weights = new int[maxSymbols];
    int symbol = 0;
    int remaining = 1 << log;
    while (log <= maxLog && remaining > 0 && symbol < maxSymbols) {
      int weight = description.weight(remaining);
      weights[symbol] = weight;
      symbol++;
      remaining -= Math.abs(weight);
      // After a weight of 0 come pairs of bits that say how many more of them there are.
      int zeroes = weight == 0 ? 3 : 0;
      while (zeroes == 3) {
        zeroes = description.read(2);
        symbol += zeroes;
      }
    }
    if (log > maxLog || remaining != 0 || symbol > maxSymbols) {
      throw new DamagedDataException("a zstd FSE table that is damaged");
    }
    description.end();
    return of(log, Arrays.copyOf(weights, symbol));
  }

  /** The first state. */
  int start(ZstdBits stream) {
    return stream.read(log);
  }

  /** What a state stands for. */
  int symbol(int state) {
    return symbols[state];
  }

  /** The state that follows. */
  int next(int state, ZstdBits stream) {
    return bases[state] + stream.read(bits[state]);
  }

  /** Bits that are read from the front. */
  private static final class Description {
    private final ZstdInput input;
    private int position;

    Description(ZstdInput input) {
      this.input = input;
    }

    int read(int count) throws DamagedDataException {
      if (position + count > input.remaining() * Byte.SIZE) {
        throw new DamagedDataException("the zstd data ends early");
      }
      long word = ZstdInput.load(input.bytes(), input.at() + (position >>> 3));
      position += count;
      return (int) (word >>> (position - count & 7)) & ((1 << count) - 1);
    }

    /** A weight, which takes the fewer bits the less is left. */
    int weight(int remaining) throws DamagedDataException {
      int bits = 32 - Integer.numberOfLeadingZeros(remaining + 1);
      // The low values take one bit less: as many of them as there are values to spare.
      int spare = (1 << bits) - 2 - remaining;
      int low = read(bits - 1);
      if (low < spare) {
        return low - 1;
      }
      int value = low | read(1) << (bits - 1);
      return (value >= 1 << (bits - 1) ? value - spare : value) - 1;
    }

    /** Skips what was read, in whole bytes. */
    void end() throws DamagedDataException {
      input.skip((position + 7) >>> 3);
    }
  }
}
