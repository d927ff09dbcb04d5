package io.github.qcow2tostdout.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/**
 * Text from outside (an image, a server, a file's name) made fit for a terminal: the one rule for
 * messages, reports and JSON.
 *
 * <p>Shown by their numbers are control characters (C0, DEL, C1), format characters (which reorder,
 * join or hide what is around them), line and paragraph separators, and surrogates without the
 * other half.
 */
public final class Printable {
  /** What JSON has short escapes for, and those. */
  private static final String ESCAPED = "\"\\\b\t\n\f\r";

  private static final String ESCAPES = "\"\\btnfr";

  private static final String BINARY = "<binary>";

  private Printable() {}

  /**
   * Bytes of which nobody knows what they are: text in single quotes if they are UTF-8 without such
   * characters but white space, else {@code <binary>}.
   */
  public static String quoted(ByteBuffer bytes) {
    try {
      String text = UTF_8.newDecoder().decode(bytes.duplicate().rewind()).toString();
      return text.codePoints().allMatch(c -> isWhiteSpace(c) || !isDangerous(c))
          ? "'" + text + "'"
          : BINARY;
    } catch (CharacterCodingException e) {
      return BINARY;
    }
  }

  /** The text in one line; characters that a terminal would obey are shown as {@code \\u001b}. */
  public static String oneLine(String text) {
    if (isPlain(text)) {
      return text;
    }
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int c = text.codePointAt(i);
      if (!isDangerous(c)) {
        line.appendCodePoint(c);
      } else if (c < 0x10000) {
        unit(line, (char) c);
      } else {
        line.append(String.format("\\U%08x", c));
      }
    }
    return line.toString();
  }

  /** The text as a JSON string without its quotes; the same characters are escaped there. */
  public static String json(String text) {
    StringBuilder json = new StringBuilder();
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int c = text.codePointAt(i);
      int known = ESCAPED.indexOf(c);
      if (known >= 0) {
        json.append('\\').append(ESCAPES.charAt(known));
      } else if (!isDangerous(c)) {
        json.appendCodePoint(c);
      } else {
        for (char unit : Character.toChars(c)) {
          unit(json, unit);
        }
      }
    }
    return json.toString();
  }

  /** Whether there is nothing in it that a terminal would obey. */
  public static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || (c >= 0x7f && isDangerous(text.codePointAt(i)))) {
        return false;
      }
      i += Character.charCount(text.codePointAt(i)) - 1;
    }
    return true;
  }

  private static void unit(StringBuilder to, char unit) {
    to.append("\\u");
    for (int shift = 12; shift >= 0; shift -= 4) {
      to.append(Character.forDigit(unit >> shift & 0xf, 16));
    }
  }

  private static boolean isWhiteSpace(int c) {
    return c >= '\t' && c <= '\r';
  }

  /** Control characters, and what reorders or breaks lines. */
  private static boolean isDangerous(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }
}
