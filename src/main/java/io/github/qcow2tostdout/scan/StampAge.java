package io.github.qcow2tostdout.scan;

import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;

/**
 * How old a time stamp must be before it proves something. A write takes the clock's last tick as
 * its stamp, cut to what the file system can store; two writes within that have the same one.
 */
final class StampAge {
  /** Twice the longest tick of Linux, of 10 ms, which is also as coarse as exFAT is. */
  static final Duration TICK = Duration.ofMillis(20);

  private StampAge() {}

  /** How coarse the file system must be taken to be that has such a stamp. */
  static Duration granularity(FileTime stamp) {
    Instant time = stamp.toInstant();
    if (time.getNano() != 0) {
      return TICK;
    }
    // FAT stores even seconds.
    return TICK.plusSeconds(time.getEpochSecond() % 2 == 0 ? 2 : 1);
  }

  /**
   * How long a write may still get this stamp.
   *
   * @param now by our clock, which may not be the file system's: a stamp from the future says so,
   *     and then its whole granularity is waited for, which is enough by any clock
   * @return zero or less if no write can
   */
  static Duration left(FileTime stamp, Instant now) {
    Duration granularity = granularity(stamp);
    Duration age = Duration.between(stamp.toInstant(), now);
    return age.isNegative() ? granularity : granularity.minus(age);
  }
}
