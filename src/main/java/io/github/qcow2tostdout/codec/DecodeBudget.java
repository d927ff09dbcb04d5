package io.github.qcow2tostdout.codec;

import java.util.Optional;

/**
 * How much compressed data of one image may be decoded. It is there so that the work ends: an
 * honest image never meets it.
 *
 * @param clusterSize bytes
 * @param measure what the output is compared with, for messages
 */
public record DecodeBudget(int clusterSize, String measure) {
  /** How many times more data than there is may come out. */
  private static final long MAX_RATIO = 64;

  /** What may come out of any image: seconds, also of zeroes that take up next to nothing. */
  private static final long MIN_OUTPUT = 1 << 30;

  /**
   * Whether no more may be decoded.
   *
   * @param available bytes of the image that there are
   * @return what there is too much of; empty if the next cluster may be decoded
   */
  public Optional<String> exceeded(ClusterDecoder decoder, long available) {
    // In an honest image none of the data belongs to two clusters.
    if (decoder.consumed() >= available + clusterSize) {
      return Optional.of("more compressed data than the file has bytes");
    }
    return decoder.produced() >= maxOutput(available)
        ? Optional.of(
            "compressed data that decodes to more than " + MAX_RATIO + " times " + measure)
        : Optional.empty();
  }

  private static long maxOutput(long available) {
    return Math.max(MIN_OUTPUT, Math.min(available, Long.MAX_VALUE / MAX_RATIO) * MAX_RATIO);
  }
}
