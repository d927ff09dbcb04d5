package io.github.qcow2tostdout.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.core.io.SerializedString;
import io.github.qcow2tostdout.format.Printable;

/**
 * What is escaped in JSON beside what must be: all that a terminal would obey, so that JSON can be
 * looked at. It is the same text.
 */
final class JsonEscapes extends CharacterEscapes {
  private static final long serialVersionUID = 1;

  private static final char DELETE = 0x7f;

  private final int[] ascii = standardAsciiEscapesForJSON();

  JsonEscapes() {
    ascii[DELETE] = ESCAPE_STANDARD;
  }

  @Override
  public int[] getEscapeCodesForAscii() {
    return ascii;
  }

  @Override
  @SuppressWarnings("NullAway") // So says Jackson that there is none.
  public SerializableString getEscapeSequence(int c) {
    return Printable.isDangerous(c) ? new SerializedString(escape((char) c)) : null;
  }

  /** The inside of a string that is made without the generator. */
  static byte[] quoted(String text) {
    byte[] quoted = JsonStringEncoder.getInstance().quoteAsUTF8(text);
    // Most is short and of ASCII.
    if (quoted.length == text.length() && text.indexOf(DELETE) < 0) {
      return quoted;
    }
    if (text.codePoints().noneMatch(c -> c >= DELETE && Printable.isDangerous(c))) {
      return quoted;
    }
    StringBuilder escaped = new StringBuilder();
    new String(quoted, UTF_8)
        .codePoints()
        .forEach(c -> {
          if (Printable.isDangerous(c)) {
            Character.toString(c).chars().forEach(half -> escaped.append(escape((char) half)));
          } else {
            escaped.appendCodePoint(c);
          }
        });
    return escaped.toString().getBytes(UTF_8);
  }

  private static String escape(char c) {
    return String.format("\\u%04X", (int) c);
  }
}
