package io.github.qcow2tostdout.cli.option;

import java.util.OptionalLong;

/**
 * A part of the image as the user asks for it: {@code FROM-TO}, {@code FROM-} or {@code -TO}.
 *
 * @param text as it was given
 * @param from its first byte
 * @param to the byte behind its last; empty for the end of the image
 */
public record ByteRange(String text, long from, OptionalLong to) {
  /** Everything. */
  public static final ByteRange ALL = new ByteRange("0-", 0, OptionalLong.empty());

  /**
   * Reads the option's value.
   *
   * @throws IllegalArgumentException with a message for the user
   */
  public static ByteRange parse(String text) {
    int dash = text.indexOf('-');
    if (dash < 0 || text.length() == 1) {
      throw malformed(text);
    }
    String first = text.substring(0, dash);
    String last = text.substring(dash + 1);
    OptionalLong from = first.isEmpty() ? OptionalLong.of(0) : ByteSize.parse(first);
    OptionalLong to = last.isEmpty() ? OptionalLong.empty() : ByteSize.parse(last);
    if (from.isEmpty() || (!last.isEmpty() && to.isEmpty())) {
      throw malformed(text);
    }
    if (to.isPresent() && to.getAsLong() < from.getAsLong()) {
      throw new IllegalArgumentException(
          "--range " + text + " is backwards: FROM must not be behind TO");
    }
    return new ByteRange(text, from.getAsLong(), to);
  }

  /**
   * Where the range ends in an image of that size.
   *
   * @throws IllegalArgumentException with a message for the user, if the image ends before
   */
  public long endIn(long imageSize) {
    long end = to.orElse(imageSize);
    if (from > imageSize || end > imageSize) {
      throw new IllegalArgumentException(
          "--range "
              + text
              + " goes beyond the end of the image, which has "
              + imageSize
              + " bytes");
    }
    return end;
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "--range "
            + text
            + " is not FROM-TO, FROM- or -TO, in bytes or with K, M, G or T (--range=-1M for the"
            + " first MiB)");
  }
}
