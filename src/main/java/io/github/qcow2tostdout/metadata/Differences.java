package io.github.qcow2tostdout.metadata;

import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;

/**
 * Words as their differences to the words before them: entries of tables that count up become the
 * same word over and over, of which a compressor leaves nothing.
 */
final class Differences {
  private final int step;

  /**
   * As many words as there are in a step, as they are in the image, and behind them those of a
   * part: loops over an array take a fraction of the time of those over a buffer.
   */
  private final long[] words;

  private final long[] last;

  /**
   * Starts with zeroes in front.
   *
   * @param step how many words before is the one that is subtracted
   */
  Differences(int step) {
    this.step = step;
    words = new long[step + MetadataStart.PART / Long.BYTES];
    last = new long[step];
  }

  /** Starts again with zeroes in front. */
  void restart() {
    Arrays.fill(words, 0, step, 0);
  }

  /** Codes the whole words of a part in place; what is left behind them stays. */
  void encode(ByteBuffer bytes) {
    LongBuffer buffer = bytes.asLongBuffer();
    int count = buffer.limit();
    buffer.get(0, words, step, count);
    System.arraycopy(words, count, last, 0, step);
    for (int i = count - 1; i >= 0; i--) {
      words[step + i] -= words[i];
    }
    buffer.put(0, words, step, count);
    System.arraycopy(last, 0, words, 0, step);
  }

  /** The opposite. */
  void decode(ByteBuffer bytes) {
    LongBuffer buffer = bytes.asLongBuffer();
    int count = buffer.limit();
    buffer.get(0, words, step, count);
    for (int i = 0; i < count; i++) {
      words[step + i] += words[i];
    }
    buffer.put(0, words, step, count);
    System.arraycopy(words, count, words, 0, step);
  }
}
