package io.github.qcow2tostdout.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Text from outside (a name in an image, what a server says, a file's name) made fit for a
 * terminal. What a terminal would obey, or what would break or reorder the line, is not shown as it
 * is: control characters (C0, DEL, C1), format characters (marks, embeddings, overrides and
 * isolates of direction, the byte order mark, what is invisible), separators of lines and
 * paragraphs, and half a surrogate pair.
 */
public final class Printable {
  private Printable() {}

  /** Whether a character is one of those. */
  public static boolean isDangerous(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }

  /** The bytes as text, if they are UTF-8 without such characters but white space. */
  public static Optional<String> text(ByteBuffer bytes) {
    try {
      String text = UTF_8.newDecoder().decode(bytes.duplicate().rewind()).toString();
      return text.codePoints().allMatch(c -> isWhiteSpace(c) || !isDangerous(c))
          ? Optional.of(text)
          : Optional.empty();
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /** The text in one line of a report: each such character is shown as {@code \\u001b}. */
  public static String escaped(String text) {
    return replaced(text, c -> String.format(c < 0x10000 ? "\\u%04x" : "\\U%08x", c));
  }

  /** The text in one line of a message: each such character is a question mark. */
  public static String masked(String text) {
    return replaced(text, c -> "?");
  }

  private static String replaced(String text, IntFunction<String> replacement) {
    if (isHarmless(text)) {
      return text;
    }
    StringBuilder line = new StringBuilder();
    text.codePoints()
        .forEach(c -> {
          if (isDangerous(c)) {
            line.append(replacement.apply(c));
          } else {
            line.appendCodePoint(c);
          }
        });
    return line.toString();
  }

  private static boolean isHarmless(String text) {
    int length;
    for (int at = 0; at < text.length(); at += length) {
      int c = text.codePointAt(at);
      if (isDangerous(c)) {
        return false;
      }
      length = Character.charCount(c);
    }
    return true;
  }

  private static boolean isWhiteSpace(int c) {
    return c >= '\t' && c <= '\r';
  }
}
