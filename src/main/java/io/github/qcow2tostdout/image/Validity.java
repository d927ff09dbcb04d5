package io.github.qcow2tostdout.image;

/** What a value in an image looks like by itself, without a look at all that refers to it. */
public enum Validity {
  VALID,
  INVALID,
  /** There is nothing to judge it by. */
  NO_OPINION;

  /** Valid or not. */
  public static Validity of(boolean valid) {
    return valid ? VALID : INVALID;
  }
}
