package io.github.qcow2tostdout.source.nbd;

import java.util.function.LongSupplier;

/**
 * How many large reads to have under way: as many as make it faster, and no more. Behind a long way
 * or a slow disk it takes many to keep the server busy; from a server next door more of them only
 * push each other out of the processor's cache, which costs a third of the speed. So it starts with
 * few, doubles as long as that pays, and tries again from time to time.
 */
final class NbdWindow {
  static final int MIN = 4;
  static final int MAX = 64;

  /** What has to be gained for twice the reads. */
  private static final double WORTH = 1.15;

  /** The shortest time in which a speed can be told from noise: 20 ms. */
  private static final long MIN_EPOCH_NANOS = 20_000_000;

  /** How long it stays with what it has found: 1 s. */
  private static final long REST_NANOS = 1_000_000_000;

  private final LongSupplier nanoTime;
  private int size = MIN;
  private int tried = MIN;

  /** Bytes a nanosecond of the size that is not only tried; 0 where it was not measured. */
  private double speed;

  /** Reads of the size that is tried; the first of them were under way before it. */
  private int reads;

  /** Bytes of those that count, and the time in which nothing else was read. */
  private long bytes;

  private long nanos;

  /** When the last read was done; 0 if something else was read since. */
  private long last;

  private long rested;

  /**
   * @param nanoTime as {@link System#nanoTime}, but not 0
   */
  NbdWindow(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Reads to have under way now. */
  int size() {
    return tried;
  }

  /** The way is known to be long: begins with as many as there may be. */
  void open() {
    size = MAX;
    tried = MAX;
  }

  /** Something small was read: the time until the next large read says nothing. */
  void pause() {
    last = 0;
  }

  /** A large read is done, and its bytes are used. */
  void done(long count) {
    long now = nanoTime.getAsLong();
    reads++;
    if (reads > tried && last != 0) {
      bytes += count;
      nanos += now - last;
      if (reads >= 4 * tried && nanos >= MIN_EPOCH_NANOS) {
        decide((double) bytes / nanos, now);
        reads = 0;
        bytes = 0;
        nanos = 0;
      }
    }
    last = now;
  }

  private void decide(double measured, long now) {
    if (tried == size) {
      speed = measured;
      if (size < MAX && (rested == 0 || now - rested >= REST_NANOS)) {
        tried = 2 * size;
      }
    } else if (measured >= speed * WORTH) {
      size = tried;
      speed = measured;
      tried = Math.min(MAX, 2 * size);
    } else {
      tried = size;
      rested = now;
    }
  }
}
