package io.github.qcow2tostdout.picture;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.qcow2tostdout.format.Printable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Writes XML, of which nothing can be wrong: elements end in their order, and text from anywhere
 * becomes text that XML allows and nobody takes for a command.
 */
final class XmlWriter {
  private final OutputStream out;
  private final Deque<String> open = new ArrayDeque<>();
  private boolean inTag;

  XmlWriter(OutputStream out) {
    this.out = out;
  }

  /** Begins an element; pairs of names and values are its attributes. */
  XmlWriter begin(String element, Object... attributes) throws IOException {
    endTag();
    write("<" + element);
    for (int i = 0; i < attributes.length; i += 2) {
      write(" " + attributes[i] + "=\"" + escaped(attributes[i + 1].toString()) + "\"");
    }
    open.push(element);
    inTag = true;
    return this;
  }

  /** An element with nothing in it. */
  XmlWriter empty(String element, Object... attributes) throws IOException {
    return begin(element, attributes).end();
  }

  /** An element with nothing in it but text. */
  XmlWriter text(String element, String text, Object... attributes) throws IOException {
    return begin(element, attributes).text(text).end();
  }

  /** Text. */
  XmlWriter text(String text) throws IOException {
    endTag();
    write(escaped(text));
    return this;
  }

  /** Our own text, as it is: a style sheet. */
  XmlWriter raw(String text) throws IOException {
    endTag();
    write(text);
    return this;
  }

  /** Ends an element. */
  XmlWriter end() throws IOException {
    String element = open.pop();
    if (inTag) {
      write("/>");
      inTag = false;
    } else {
      write("</" + element + ">");
    }
    return this;
  }

  /** A line's end between elements. */
  XmlWriter line() throws IOException {
    return raw("\n");
  }

  private void endTag() throws IOException {
    if (inTag) {
      write(">");
      inTag = false;
    }
  }

  private void write(String text) throws IOException {
    out.write(text.getBytes(UTF_8));
  }

  /** The text as XML 1.0 can hold it. */
  static String escaped(String text) {
    String harmless = Printable.escaped(text);
    StringBuilder escaped = new StringBuilder(harmless.length());
    for (int at = 0; at < harmless.length(); at++) {
      char c = harmless.charAt(at);
      switch (c) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '"' -> escaped.append("&quot;");
        case '\'' -> escaped.append("&#39;");
        case '\uFFFE', '\uFFFF' -> escaped.append('\uFFFD');
        default -> escaped.append(c);
      }
    }
    return escaped.toString();
  }

  /** The beginning of a text, if it is longer than there is room for. */
  static String cut(String text, int most) {
    String shown = Printable.escaped(text);
    if (shown.codePointCount(0, shown.length()) <= most) {
      return shown;
    }
    return shown.substring(0, shown.offsetByCodePoints(0, most - 1)) + "…";
  }
}
