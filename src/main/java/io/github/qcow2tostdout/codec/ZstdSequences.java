package io.github.qcow2tostdout.codec;

import java.util.Optional;

/**
 * The sequences of a zstd block: how its literals and copies of earlier output make its data.
 *
 * <p>Source: RFC 8878, "Sequences_Section" and "Sequence Execution".
 */
final class ZstdSequences {
  private static final int PREDEFINED = 0;
  private static final int RLE = 1;
  private static final int FSE = 2;

  /**
   * One of the three numbers of a sequence.
   *
   * @param maxLog of its table
   * @param maxSymbols of its table
   * @param predefined the table that needs no description
   */
  private record Kind(String name, int maxLog, int maxSymbols, ZstdFse predefined) {}

  private static final Kind LITERALS =
      new Kind(
          "literals length",
          9,
          36,
          ZstdFse.of(
              6, 4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1,
              1, 1, 1, 1, -1, -1, -1, -1));
  private static final Kind OFFSET =
      new Kind(
          "offset",
          8,
          32,
          ZstdFse.of(
              5, 1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1,
              -1, -1));
  private static final Kind MATCH =
      new Kind(
          "match length",
          9,
          53,
          ZstdFse.of(
              6, 1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
              1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1));

  /** Bits that follow a code of a length; what it starts at is the sum of what is before it. */
  private static final int[] LITERALS_BITS = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11,
    12, 13, 14, 15, 16
  };

  private static final int[] MATCH_BITS = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
  };

  private static final int MIN_MATCH = 3;
  private static final int[] LITERALS_BASES = bases(LITERALS_BITS, 0);
  private static final int[] MATCH_BASES = bases(MATCH_BITS, MIN_MATCH);

  private final long[] recent = new long[3];
  private Optional<ZstdFse> literalsTable = Optional.empty();
  private Optional<ZstdFse> offsetTable = Optional.empty();
  private Optional<ZstdFse> matchTable = Optional.empty();

  private static int[] bases(int[] bits, int first) {
    int[] bases = new int[bits.length];
    int next = first;
    for (int i = 0; i < bits.length; i++) {
      bases[i] = next;
      next += 1 << bits[i];
    }
    return bases;
  }

  /** A frame starts. */
  void reset() {
    recent[0] = 1;
    recent[1] = 4;
    recent[2] = 8;
    literalsTable = Optional.empty();
    offsetTable = Optional.empty();
    matchTable = Optional.empty();
  }

  /** Reads the section up to the end of the block, and does what it says. */
  void run(ZstdInput input, ZstdLiterals literals, ZstdOutput out) throws DamagedDataException {
    int count = count(input);
    int used = 0;
    if (count > 0) {
      used = sequences(input, count, literals, out);
    } else if (input.remaining() > 0) {
      throw new DamagedDataException("a zstd block with data behind its end");
    }
    out.append(literals.bytes(), used, literals.size() - used);
  }

  private static int count(ZstdInput input) throws DamagedDataException {
    int first = input.number8();
    if (first < 128) {
      return first;
    }
    return first < 255 ? (first - 128) << 8 | input.number8() : (int) input.number(2) + 0x7f00;
  }

  private int sequences(ZstdInput input, int count, ZstdLiterals literals, ZstdOutput out)
      throws DamagedDataException {
    int modes = input.number8();
    if ((modes & 3) != 0) {
      throw new DamagedDataException("a zstd block with reserved bits");
    }
    ZstdFse literalsLengths = table(LITERALS, modes >>> 6, input, literalsTable);
    ZstdFse offsets = table(OFFSET, modes >>> 4 & 3, input, offsetTable);
    ZstdFse matchLengths = table(MATCH, modes >>> 2 & 3, input, matchTable);
    literalsTable = Optional.of(literalsLengths);
    offsetTable = Optional.of(offsets);
    matchTable = Optional.of(matchLengths);
    ZstdBits bits = new ZstdBits(input);
    int literalsState = literalsLengths.start(bits);
    int offsetState = offsets.start(bits);
    int matchState = matchLengths.start(bits);
    int used = 0;
    for (int i = 0; i < count; i++) {
      int offsetCode = offsets.symbol(offsetState);
      int matchCode = matchLengths.symbol(matchState);
      int literalsCode = literalsLengths.symbol(literalsState);
      long offset = (1L << offsetCode) + bits.read(offsetCode);
      int match = MATCH_BASES[matchCode] + bits.read(MATCH_BITS[matchCode]);
      int length = LITERALS_BASES[literalsCode] + bits.read(LITERALS_BITS[literalsCode]);
      if (i < count - 1) {
        literalsState = literalsLengths.next(literalsState, bits);
        matchState = matchLengths.next(matchState, bits);
        offsetState = offsets.next(offsetState, bits);
      }
      if (bits.left() < 0 || length > literals.size() - used) {
        throw new DamagedDataException("zstd sequences that go on behind their data");
      }
      out.append(literals.bytes(), used, length);
      used += length;
      out.repeat(distance(offset, length == 0), match);
    }
    if (bits.left() != 0) {
      throw new DamagedDataException("zstd sequences that do not end where they should");
    }
    return used;
  }

  private static ZstdFse table(Kind kind, int mode, ZstdInput input, Optional<ZstdFse> last)
      throws DamagedDataException {
    return switch (mode) {
      case PREDEFINED -> kind.predefined();
      case RLE -> {
        int symbol = input.number8();
        if (symbol >= kind.maxSymbols()) {
          throw new DamagedDataException("a zstd code for a " + kind.name() + " that is none");
        }
        yield ZstdFse.ofOne(symbol);
      }
      case FSE -> ZstdFse.read(input, kind.maxLog(), kind.maxSymbols());
      default ->
          last.orElseThrow(() ->
              new DamagedDataException("a zstd block that refers to a table before the first"));
    };
  }

  /** How far back an offset goes; small ones stand for those that were used last. */
  private long distance(long offset, boolean noLiterals) throws DamagedDataException {
    if (offset > 3) {
      recent[2] = recent[1];
      recent[1] = recent[0];
      recent[0] = offset - 3;
      return recent[0];
    }
    int which = (int) offset - (noLiterals ? 0 : 1);
    long distance = which == 3 ? recent[0] - 1 : recent[which];
    if (which > 1) {
      recent[2] = recent[1];
    }
    if (which > 0) {
      recent[1] = recent[0];
    }
    recent[0] = distance;
    return distance;
  }
}
