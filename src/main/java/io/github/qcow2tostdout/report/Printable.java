package io.github.qcow2tostdout.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Optional;

/** Text from an image, which may be anything, made fit for a terminal. */
final class Printable {
  private Printable() {}

  /** The bytes as text, if they are UTF-8 without control characters but white space. */
  static Optional<String> text(ByteBuffer bytes) {
    try {
      String text = UTF_8.newDecoder().decode(bytes.duplicate().rewind()).toString();
      return text.codePoints().allMatch(c -> isWhiteSpace(c) || !isDangerous(c))
          ? Optional.of(text)
          : Optional.empty();
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /** The text in one line; characters that a terminal would obey are shown as {@code \\u001b}. */
  static String oneLine(String text) {
    if (text.codePoints().noneMatch(Printable::isDangerous)) {
      return text;
    }
    StringBuilder line = new StringBuilder();
    text.codePoints()
        .forEach(c -> {
          if (isDangerous(c)) {
            line.append(String.format(c < 0x10000 ? "\\u%04x" : "\\U%08x", c));
          } else {
            line.appendCodePoint(c);
          }
        });
    return line.toString();
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
