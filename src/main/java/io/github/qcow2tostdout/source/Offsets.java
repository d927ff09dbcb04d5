package io.github.qcow2tostdout.source;

/** Sums of offsets up to a limit, right also where the sum is more than a number holds. */
public final class Offsets {
  private Offsets() {}

  /** {@code offset + count}, but no more than a limit; none of them is negative. */
  public static long sum(long offset, long count, long limit) {
    return count < limit - offset ? offset + count : limit;
  }

  /** The first multiple of a power of two behind an offset, but no more than a limit. */
  public static long nextMultiple(long offset, long powerOfTwo, long limit) {
    return sum(offset, powerOfTwo - (offset & (powerOfTwo - 1)), limit);
  }
}
