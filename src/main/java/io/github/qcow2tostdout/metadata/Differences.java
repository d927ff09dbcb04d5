package io.github.qcow2tostdout.metadata;

import java.nio.ByteBuffer;

/**
 * Words as their differences to the words before them: entries of tables that count up become the
 * same word over and over, of which a compressor leaves nothing.
 */
final class Differences {
  private final int step;
  private final long[] before;
  private int at;

  /**
   * Starts with zeroes in front.
   *
   * @param step how many words before is the one that is subtracted
   */
  Differences(int step) {
    this.step = step;
    before = new long[step];
  }

  /** Codes the whole words of a buffer in place; what is left behind them stays. */
  void encode(ByteBuffer bytes) {
    for (int i = 0; i + Long.BYTES <= bytes.limit(); i += Long.BYTES) {
      long word = bytes.getLong(i);
      bytes.putLong(i, word - before[at]);
      next(word);
    }
  }

  /** The opposite. */
  void decode(ByteBuffer bytes) {
    for (int i = 0; i + Long.BYTES <= bytes.limit(); i += Long.BYTES) {
      long word = bytes.getLong(i) + before[at];
      bytes.putLong(i, word);
      next(word);
    }
  }

  private void next(long word) {
    before[at] = word;
    at = at + 1 == step ? 0 : at + 1;
  }
}
