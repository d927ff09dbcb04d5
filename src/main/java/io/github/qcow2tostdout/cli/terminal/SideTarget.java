package io.github.qcow2tostdout.cli.terminal;

import io.github.qcow2tostdout.cli.option.FileName;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * Where something goes that is no part of the image: a file, or a descriptor that the caller has
 * opened.
 *
 * @param text as the user gave it
 * @param descriptor its number; empty for a file
 */
public record SideTarget(String text, OptionalInt descriptor) {
  private static final String DESCRIPTOR = "fd:";

  /** Standard error. */
  private static final int LAST_STANDARD = 2;

  /** More digits than any number of a descriptor has. */
  private static final int TOO_LONG = 10;

  /**
   * Reads {@code FILE} or {@code fd:N}.
   *
   * @param spelling what the user said, with the option, for messages
   * @throws IllegalArgumentException with a message for the user, if it is neither
   */
  public static SideTarget parse(String text, String spelling) {
    if (!text.startsWith(DESCRIPTOR)) {
      FileName.checked(text, spelling);
      try {
        return new SideTarget(Path.of(text).toString(), OptionalInt.empty());
      } catch (InvalidPathException e) {
        throw new IllegalArgumentException(spelling + ": not a file name: " + e.getReason(), e);
      }
    }
    String digits = text.substring(DESCRIPTOR.length());
    if (digits.isEmpty()
        || digits.length() >= TOO_LONG
        || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new IllegalArgumentException(
          spelling
              + ": not the number of a descriptor; say fd:3, or ./"
              + text
              + " for a file of that name");
    }
    int number = Integer.parseInt(digits);
    if (number <= LAST_STANDARD) {
      throw new IllegalArgumentException(
          spelling
              + ": descriptors 0 to 2 are standard input, the image and messages; open another, as"
              + " in 3>FILE");
    }
    return new SideTarget(DESCRIPTOR + number, OptionalInt.of(number));
  }

  /** A path that leads there. */
  Path path() {
    return descriptor.isPresent()
        ? Path.of("/proc/self/fd/" + descriptor.getAsInt())
        : Path.of(text);
  }
}
