package io.github.qcow2tostdout.scan;

import io.github.qcow2tostdout.source.ChangeSign;

/**
 * How it is noticed that a source changes while it is converted.
 *
 * @param sign what of its identity is compared
 * @param content whether what was read is read again and compared: data as it is written out, all
 *     else at the end
 */
public record ChangeDetection(ChangeSign sign, boolean content) {
  /** By everything but the content. */
  public static final ChangeDetection BY_IDENTITY =
      new ChangeDetection(ChangeSign.CHANGE_TIME, false);

  /** The same for what is read only once. */
  public ChangeDetection withoutContent() {
    return new ChangeDetection(sign, false);
  }
}
