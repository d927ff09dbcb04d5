package io.github.qcow2tostdout.cli.option;

import java.util.OptionalLong;

/**
 * Numbers of bytes as users write them: digits, then K, M, G or T for powers of 1024, or nothing.
 */
public final class ByteSize {
  private static final String SUFFIXES = "KMGT";

  private ByteSize() {}

  /** The number; empty if the text is none, or too large. */
  public static OptionalLong parse(String text) {
    int digits = 0;
    while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
      digits++;
    }
    int shift = 0;
    if (digits == text.length() - 1) {
      int suffix = SUFFIXES.indexOf(Character.toUpperCase(text.charAt(digits)));
      if (suffix < 0) {
        return OptionalLong.empty();
      }
      shift = 10 * (suffix + 1);
    } else if (digits < text.length()) {
      return OptionalLong.empty();
    }
    // 18 digits fit a long, and so does no disk with more.
    if (digits == 0 || digits > 18) {
      return OptionalLong.empty();
    }
    long number = Long.parseLong(text.substring(0, digits));
    return number > Long.MAX_VALUE >> shift
        ? OptionalLong.empty()
        : OptionalLong.of(number << shift);
  }

  /** The shortest exact spelling of a power of two. */
  public static String of(long powerOfTwo) {
    int suffix = Long.numberOfTrailingZeros(powerOfTwo) / 10;
    return suffix == 0
        ? Long.toString(powerOfTwo)
        : (powerOfTwo >> (10 * suffix)) + SUFFIXES.substring(suffix - 1, suffix);
  }
}
