package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.cli.option.OptionSpecs;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What takes an image in parts, and what it demands of them; docs/plan.md has the sources. */
enum Receiver {
  /** Multipart uploads of Amazon S3. */
  S3(10_000, 5L << 20, 5L << 30, 50_000L << 30),

  /** Multipart uploads of Google Cloud Storage, whose objects are smaller. */
  GCS(10_000, 5L << 20, 5L << 30, 5L << 40),

  /** Blocks of a block blob. */
  AZURE(50_000, 1, 4000L << 20, 50_000L * (4000L << 20)),

  /** Chunks of a blob, of which the OCI distribution specification has no limit. */
  OCI(Long.MAX_VALUE, 1, Long.MAX_VALUE, Long.MAX_VALUE);

  /** Each part starts a program, which takes as long as to write some MiB. */
  private static final long USUAL = 64L << 20;

  /** What there should not be more of where there may be. */
  private static final long MANY = 10_000;

  private final long maxParts;
  private final long minSize;
  private final long maxSize;
  private final long maxTotal;

  Receiver(long maxParts, long minSize, long maxSize, long maxTotal) {
    this.maxParts = maxParts;
    this.minSize = minSize;
    this.maxSize = maxSize;
    this.maxTotal = maxTotal;
  }

  /** What the user calls it. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What all are called. */
  static List<String> words() {
    List<String> words = new ArrayList<>();
    for (Receiver receiver : values()) {
      words.add(receiver.word());
    }
    return words;
  }

  /**
   * The one that is called so.
   *
   * @throws IllegalArgumentException with a message for the user, if there is none
   */
  static Receiver of(String word, String option) {
    for (Receiver receiver : values()) {
      if (receiver.word().equals(word)) {
        return receiver;
      }
    }
    throw OptionSpecs.refused(option + " " + word, word, words());
  }

  /**
   * The size of parts of a stream: the least power of two from 64 MiB on with which they are not too
   * many, or the largest that a part may have.
   *
   * @throws IllegalArgumentException with a message for the user, if the receiver takes no such
   *     stream
   */
  long partSize(long total) {
    if (total > maxTotal) {
      throw new IllegalArgumentException(
          word() + " takes at most " + maxTotal + " bytes, and the image has " + total);
    }
    long most = Math.min(maxParts, MANY);
    long size = USUAL;
    while (Math.ceilDiv(total, size) > most) {
      if (size > maxSize / 2) {
        return Math.ceilDiv(total, maxSize) <= maxParts && size < maxSize ? maxSize : size;
      }
      size *= 2;
    }
    return size;
  }

  /**
   * Throws unless parts of a size are allowed.
   *
   * @throws IllegalArgumentException with a message for the user
   */
  void require(long total, long size) {
    long count = Math.ceilDiv(total, size);
    if (total > maxTotal || count > maxParts || size > maxSize || (count > 1 && size < minSize)) {
      throw new IllegalArgumentException(
          word()
              + " takes at most "
              + maxParts
              + " parts of "
              + minSize
              + " to "
              + maxSize
              + " bytes, "
              + maxTotal
              + " together; these are "
              + count
              + " of "
              + size);
    }
  }
}
