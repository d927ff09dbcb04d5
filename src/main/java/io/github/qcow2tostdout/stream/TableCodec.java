package io.github.qcow2tostdout.stream;

import io.github.qcow2tostdout.format.L2Entry;
import java.nio.ByteBuffer;

/**
 * Codes parts of tables in little memory, without loss. Tables are coded in groups of 32 entries;
 * an entry is most often 0, or what is expected after the one before: by a step more, or the same.
 *
 * <pre>
 * byte 0           bits 0 - 1: form of the group; 2 - 7: how many groups are like it, less one
 * form 0, MASK     4 bytes: a bit for each entry; 0: zero, 1: as expected
 * form 1, SYMBOLS  8 bytes: two bits for each entry, from bit 0 on; see below
 * form 2, OTHERS   8 bytes as in form 1, then the entries that have symbol 3
 *
 * symbol           standard table          table of pairs: entry and subcluster bitmap
 *  0               0                       0, 0
 *  1               as expected             as expected, all allocated
 *  2               1: reads as zeroes      0, all reads as zeroes
 *  3               other: 8 bytes          other: a byte, see {@link PairForm}, and what it says
 * </pre>
 */
final class TableCodec {
  /** Entries of a group. */
  private static final int GROUP = 32;

  private static final int MASK = 0;
  private static final int SYMBOLS = 1;
  private static final int OTHERS = 2;
  private static final int FORM_BITS = 2;
  private static final int MAX_REPEATS = (1 << (Byte.SIZE - FORM_BITS)) - 1;

  private static final int ZERO = 0;
  private static final int EXPECTED = 1;
  private static final int SPECIAL = 2;
  private static final int OTHER = 3;

  /** The low bit of each symbol. */
  private static final long LOW_BITS = 0x5555_5555_5555_5555L;

  private static final long ALL_ALLOCATED = 0x0000_0000_ffff_ffffL;
  private static final long ALL_ZERO = 0xffff_ffff_0000_0000L;

  /** How a pair is written that no symbol stands for. The first 32 are numbers of subclusters. */
  private static final class PairForm {
    /** The expected entry; of the subclusters the first ones, that many, are allocated. */
    static final int FIRST_ALLOCATED = 0;

    /** As before; those that are not allocated read as zeroes. */
    static final int FIRST_ALLOCATED_REST_ZERO = 32;

    /** The expected entry; 4 bytes: which subclusters are allocated. */
    static final int SOME_ALLOCATED = 64;

    /** As before; those that are not allocated read as zeroes. */
    static final int SOME_ALLOCATED_REST_ZERO = 65;

    /** The expected entry; 8 bytes of bitmap. */
    static final int ANY_BITMAP = 66;

    /** No entry; 8 bytes of bitmap. */
    static final int NO_ENTRY = 67;

    /** 8 bytes of entry, 8 bytes of bitmap. */
    static final int ANY = 68;

    private PairForm() {}
  }

  private final long step;
  private final boolean pairs;
  private final boolean zeroesCount;

  private long expected;

  /**
   * A codec.
   *
   * @param step from an entry to the one that is expected next
   * @param pairs whether each entry has a subcluster bitmap behind it
   * @param zeroesCount whether entries without an offset count as a step too, as they do where data
   *     lies at its place on the disk
   */
  TableCodec(long step, boolean pairs, boolean zeroesCount) {
    this.step = step;
    this.pairs = pairs;
    this.zeroesCount = zeroesCount;
  }

  /** The most bytes that the code of so many words takes. */
  static int maxSize(int words) {
    // A pair in full is two words, and its form.
    return words / GROUP * (1 + Long.BYTES + GROUP / 2 * (1 + 2 * Long.BYTES));
  }

  /**
   * Codes words.
   *
   * @param count how many, a multiple of 64
   * @param out with room for {@link #maxSize}
   */
  void encode(long[] words, int count, ByteBuffer out) {
    expected = 0;
    int perGroup = pairs ? 2 * GROUP : GROUP;
    int repeatable = -1;
    long repeated = 0;
    for (int from = 0; from < count; from += perGroup) {
      int start = out.position();
      out.position(start + 1 + Long.BYTES);
      long symbols = pairs ? encodePairs(words, from, out) : encodeWords(words, from, out);
      long high = symbols & ~LOW_BITS;
      if ((high >>> 1 & symbols) != 0) {
        out.put(start, (byte) OTHERS).putLong(start + 1, symbols);
        repeatable = -1;
        continue;
      }
      out.position(start);
      if (repeatable >= 0 && symbols == repeated && repeats(out.get(repeatable)) < MAX_REPEATS) {
        out.put(repeatable, (byte) (out.get(repeatable) + (1 << FORM_BITS)));
        continue;
      }
      repeatable = start;
      repeated = symbols;
      out.put((byte) (high == 0 ? MASK : SYMBOLS));
      if (high == 0) {
        out.putInt((int) Long.compress(symbols, LOW_BITS));
      } else {
        out.putLong(symbols);
      }
    }
  }

  private static int repeats(byte header) {
    return Byte.toUnsignedInt(header) >>> FORM_BITS;
  }

  private long encodeWords(long[] words, int from, ByteBuffer out) {
    long symbols = 0;
    for (int i = 0; i < GROUP; i++) {
      long word = words[from + i];
      if (word == 0) {
        expected += zeroesCount ? step : 0;
        continue;
      }
      long symbol = EXPECTED;
      if (word == expected) {
        expected += step;
      } else if (word == L2Entry.ZERO) {
        symbol = SPECIAL;
        expected += zeroesCount ? step : 0;
      } else {
        symbol = OTHER;
        out.putLong(word);
        expected = word + step;
      }
      symbols |= symbol << (2 * i);
    }
    return symbols;
  }

  private long encodePairs(long[] words, int from, ByteBuffer out) {
    long symbols = 0;
    for (int i = 0; i < GROUP; i++) {
      long entry = words[from + 2 * i];
      long bitmap = words[from + 2 * i + 1];
      long symbol = OTHER;
      if (entry == 0) {
        symbol = bitmap == 0 ? ZERO : bitmap == ALL_ZERO ? SPECIAL : OTHER;
        if (symbol == OTHER) {
          out.put((byte) PairForm.NO_ENTRY).putLong(bitmap);
        }
        expected += zeroesCount ? step : 0;
      } else if (entry == expected) {
        if (bitmap == ALL_ALLOCATED) {
          symbol = EXPECTED;
        } else {
          encodeBitmap(bitmap, out);
        }
        expected += step;
      } else {
        out.put((byte) PairForm.ANY).putLong(entry).putLong(bitmap);
        expected = entry + step;
      }
      symbols |= symbol << (2 * i);
    }
    return symbols;
  }

  private static void encodeBitmap(long bitmap, ByteBuffer out) {
    int allocated = L2Entry.allocatedSubclusters(bitmap);
    int zero = L2Entry.zeroSubclusters(bitmap);
    boolean restZero = zero == ~allocated;
    if (!restZero && zero != 0) {
      out.put((byte) PairForm.ANY_BITMAP).putLong(bitmap);
    } else if ((allocated & (allocated + 1)) == 0 && allocated != -1) {
      int form = restZero ? PairForm.FIRST_ALLOCATED_REST_ZERO : PairForm.FIRST_ALLOCATED;
      out.put((byte) (form + Integer.bitCount(allocated)));
    } else {
      out.put((byte) (restZero ? PairForm.SOME_ALLOCATED_REST_ZERO : PairForm.SOME_ALLOCATED))
          .putInt(allocated);
    }
  }

  /** Decodes what {@link #encode} has coded. */
  void decode(ByteBuffer in, long[] words, int count) {
    expected = 0;
    int perGroup = pairs ? 2 * GROUP : GROUP;
    int from = 0;
    while (from < count) {
      byte header = in.get();
      int repeats = repeats(header);
      int form = header & ((1 << FORM_BITS) - 1);
      long symbols =
          form == MASK ? Long.expand(Integer.toUnsignedLong(in.getInt()), LOW_BITS) : in.getLong();
      for (int i = 0; i <= repeats; i++) {
        if (pairs) {
          decodePairs(symbols, words, from, in);
        } else {
          decodeWords(symbols, words, from, in);
        }
        from += perGroup;
      }
    }
  }

  private void decodeWords(long symbols, long[] words, int from, ByteBuffer in) {
    for (int i = 0; i < GROUP; i++) {
      switch ((int) (symbols >>> (2 * i)) & 3) {
        case ZERO -> {
          words[from + i] = 0;
          expected += zeroesCount ? step : 0;
        }
        case EXPECTED -> {
          words[from + i] = expected;
          expected += step;
        }
        case SPECIAL -> {
          words[from + i] = L2Entry.ZERO;
          expected += zeroesCount ? step : 0;
        }
        default -> {
          words[from + i] = in.getLong();
          expected = words[from + i] + step;
        }
      }
    }
  }

  private void decodePairs(long symbols, long[] words, int from, ByteBuffer in) {
    for (int i = 0; i < GROUP; i++) {
      int at = from + 2 * i;
      switch ((int) (symbols >>> (2 * i)) & 3) {
        case ZERO -> setPair(words, at, 0, 0);
        case EXPECTED -> setPair(words, at, expected, ALL_ALLOCATED);
        case SPECIAL -> setPair(words, at, 0, ALL_ZERO);
        default -> decodePair(words, at, in);
      }
    }
  }

  private void decodePair(long[] words, int at, ByteBuffer in) {
    int form = in.get();
    switch (form) {
      case PairForm.SOME_ALLOCATED ->
          setPair(words, at, expected, Integer.toUnsignedLong(in.getInt()));
      case PairForm.SOME_ALLOCATED_REST_ZERO -> setPair(words, at, expected, restZero(in.getInt()));
      case PairForm.ANY_BITMAP -> setPair(words, at, expected, in.getLong());
      case PairForm.NO_ENTRY -> setPair(words, at, 0, in.getLong());
      case PairForm.ANY -> setPair(words, at, in.getLong(), in.getLong());
      default -> {
        int allocated = (1 << form % PairForm.FIRST_ALLOCATED_REST_ZERO) - 1;
        boolean zeroes = form >= PairForm.FIRST_ALLOCATED_REST_ZERO;
        setPair(
            words, at, expected, zeroes ? restZero(allocated) : Integer.toUnsignedLong(allocated));
      }
    }
  }

  private static long restZero(int allocated) {
    return Integer.toUnsignedLong(allocated) | ((long) ~allocated << L2Entry.SUBCLUSTERS);
  }

  private void setPair(long[] words, int at, long entry, long bitmap) {
    words[at] = entry;
    words[at + 1] = bitmap;
    if (entry != 0) {
      expected = entry + step;
    } else if (zeroesCount) {
      expected += step;
    }
  }
}
