package io.github.qcow2tostdout.cli.option;

import java.util.OptionalLong;

/**
 * A part of the image as the user asks for it.
 *
 * @param spelling how that was
 * @param from its first byte
 * @param to the byte behind its last; empty for the end of the image
 * @param part whether the image may end inside of it
 */
public record ByteRange(String spelling, long from, OptionalLong to, boolean part) {
  /** Everything. */
  public static final ByteRange ALL = new ByteRange("", 0, OptionalLong.empty(), false);

  public static final String RANGE = "--range";
  public static final String PART = "--part";
  public static final String SKIP = "--skip";

  /**
   * Reads {@code FROM-TO}, {@code FROM-} or {@code -TO}.
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
    return new ByteRange(RANGE + " " + text, from.getAsLong(), to, false);
  }

  /**
   * Reads {@code N/SIZE}: the N-th of parts of a size, the last of which may be shorter.
   *
   * @throws IllegalArgumentException with a message for the user
   */
  public static ByteRange parsePart(String text) {
    int slash = text.indexOf('/');
    String first = text.substring(0, Math.max(0, slash));
    OptionalLong number =
        first.chars().allMatch(c -> c >= '0' && c <= '9')
            ? ByteSize.parse(first)
            : OptionalLong.empty();
    OptionalLong size = ByteSize.parse(text.substring(slash + 1));
    if (number.isEmpty() || size.isEmpty() || number.getAsLong() < 1 || size.getAsLong() < 1) {
      throw new IllegalArgumentException(
          PART
              + " "
              + text
              + " is not N/SIZE: the number of a part, from 1, and bytes, or with K, M, G or T");
    }
    long before = number.getAsLong() - 1;
    // What is beyond all images is beyond the end of this one.
    long most = Long.MAX_VALUE / 4;
    long bytes = Math.min(most, size.getAsLong());
    long from = before > most / bytes ? most : before * bytes;
    return new ByteRange(PART + " " + text, from, OptionalLong.of(from + bytes), true);
  }

  /**
   * Reads {@code N}: all but the first N bytes.
   *
   * @throws IllegalArgumentException with a message for the user
   */
  public static ByteRange parseSkip(String text) {
    OptionalLong from = ByteSize.parse(text);
    if (from.isEmpty()) {
      throw new IllegalArgumentException(
          SKIP + " " + text + " is not a number of bytes; allowed: digits, or with K, M, G or T");
    }
    return new ByteRange(SKIP + " " + text, from.getAsLong(), OptionalLong.empty(), false);
  }

  /** Whether nobody asked for a part. Not by a comparison: its first costs each start 30 ms. */
  public boolean isAll() {
    return spelling.isEmpty();
  }

  /**
   * Where the range ends in an image of that size.
   *
   * @throws IllegalArgumentException with a message for the user, if the image ends before
   */
  public long endIn(long imageSize) {
    if (part) {
      if (from >= imageSize) {
        long size = to.orElseThrow() - from;
        throw new IllegalArgumentException(
            spelling
                + " is no part of the image, which has "
                + imageSize
                + " bytes: "
                + Math.ceilDiv(imageSize, size)
                + " parts of that size");
      }
      return Math.min(imageSize, to.orElseThrow());
    }
    long end = to.orElse(imageSize);
    if (from > imageSize || end > imageSize) {
      throw new IllegalArgumentException(
          spelling + " goes beyond the end of the image, which has " + imageSize + " bytes");
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
