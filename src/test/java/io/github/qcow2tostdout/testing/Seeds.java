package io.github.qcow2tostdout.testing;

import java.util.Random;

/** Random tests that can be repeated. */
public final class Seeds {
  private Seeds() {}

  /** A generator whose seed is printed, and comes from {@code -Dseed=} where that is given. */
  public static Random random(Class<?> test) {
    long seed = Long.getLong("seed", System.nanoTime());
    System.err.println(test.getSimpleName() + " repeats with -Dseed=" + seed);
    return new Random(seed);
  }
}
