package io.github.qcow2tostdout.testing;

import java.util.Random;

/**
 * Random tests that can be repeated: the same numbers each time, unless {@code -Dseed=} says others
 * ({@code mvn -Prandom} says {@code random}: new ones each time, which are printed).
 */
public final class Seeds {
  private static final long USUAL = 20260101;
  private static final String SAID = System.getProperty("seed", "");
  private static final long SEED = choose();

  private Seeds() {}

  private static long choose() {
    if (SAID.isEmpty()) {
      return USUAL;
    }
    long seed = SAID.equals("random") ? System.nanoTime() : Long.parseLong(SAID);
    System.err.println("random tests repeat with -Dseed=" + seed);
    return seed;
  }

  /** Whether one seed was asked for. */
  public static boolean isGiven() {
    return !SAID.isEmpty() && !SAID.equals("random");
  }

  /** The seed. */
  public static long seed() {
    return SEED;
  }

  /** A generator of the test's own. */
  public static Random random(Class<?> test) {
    return new Random(SEED ^ test.getName().hashCode());
  }
}
