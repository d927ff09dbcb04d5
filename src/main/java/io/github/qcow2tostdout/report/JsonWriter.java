package io.github.qcow2tostdout.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.qcow2tostdout.format.Printable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * JSON on its way out. Objects and arrays have the layout of what they are in, but for rows; there
 * may be millions of those, and no object is made for one. Names are of ASCII, and need no escape.
 */
public final class JsonWriter {
  private static final int ENOUGH = 32 << 10;
  private static final String INDENT = "    ";
  private static final String[] NEW_LINES = newLines();
  private static final char DELETE = 0x7f;

  /** Bytes of the longest escape, of which a character may take two. */
  private static final int MAX_ESCAPE = 6;

  private static final byte[] HEX = "0123456789ABCDEF".getBytes(UTF_8);

  private final OutputStream out;
  private byte[] buffer = new byte[512];
  private int used;

  /** The layout of the innermost object or array that is open, and of those around it. */
  private JsonLayout layout;

  private JsonLayout[] layouts = new JsonLayout[8];
  private int depth;

  /** Whether the innermost of them has no part yet. */
  private boolean isEmpty = true;

  /**
   * A document.
   *
   * @param out what takes it, in large parts
   */
  public JsonWriter(OutputStream out, JsonLayout layout) {
    this.out = out;
    this.layout = layout;
  }

  private static String[] newLines() {
    String[] newLines = new String[16];
    for (int i = 0; i < newLines.length; i++) {
      newLines[i] = "\n" + INDENT.repeat(i);
    }
    return newLines;
  }

  /** Starts an object as a value of an array, or the document. */
  public void beginObject() throws IOException {
    begin('{', layout);
  }

  /** The same with a layout of its own. */
  public void beginObject(JsonLayout layout) throws IOException {
    begin('{', layout);
  }

  /** Starts an object of an array that stays in one line. */
  public void beginRow() throws IOException {
    begin('{', JsonLayout.ROW);
  }

  /** Starts an object. */
  public void beginObject(String name) {
    name(name, 1);
    open('{', layout);
  }

  public void endObject() {
    close('}');
  }

  /** Starts an array as the document. */
  public void beginArray() throws IOException {
    begin('[', layout);
  }

  /** Starts an array. */
  public void beginArray(String name) {
    name(name, 1);
    open('[', layout);
  }

  public void endArray() {
    close(']');
  }

  /** An unsigned number. */
  public void number(String name, long value) {
    name(name, Digits.MAX);
    used = Digits.decimal(buffer, used, value);
  }

  /** A text. */
  public void text(String name, String value) {
    name(name, 2);
    quoted(value);
  }

  /** A text of an array. */
  public void text(String value) {
    separate(2);
    quoted(value);
  }

  /** A truth value. */
  public void truth(String name, boolean value) {
    word(name, value ? "true" : "false");
  }

  /** No value. */
  public void nothing(String name) {
    word(name, "null");
  }

  /** Ends the document, and its last line. */
  public void end() throws IOException {
    room(1);
    put('\n');
    flush();
    out.flush();
  }

  /** Gives what there is to the output, whatever is not complete. */
  public void flush() throws IOException {
    out.write(buffer, 0, used);
    used = 0;
  }

  private void begin(char bracket, JsonLayout inside) throws IOException {
    // Here, and not in a row, because there are never many of anything else.
    if (used > ENOUGH) {
      flush();
    }
    separate(1);
    open(bracket, inside);
  }

  private void open(char bracket, JsonLayout inside) {
    put(bracket);
    if (depth == layouts.length) {
      layouts = Arrays.copyOf(layouts, depth * 2);
    }
    layouts[depth] = layout;
    depth++;
    layout = inside;
    isEmpty = true;
  }

  private void close(char bracket) {
    depth--;
    room(1);
    if (layout == JsonLayout.LINES && !isEmpty) {
      newLine(1);
    }
    put(bracket);
    layout = layouts[depth];
    isEmpty = false;
  }

  private void word(String name, String word) {
    name(name, word.length());
    ascii(word);
  }

  /** The name of a part, and room for some bytes behind it. */
  private void name(String name, int more) {
    separate(name.length() + more + 4);
    put('"');
    ascii(name);
    put('"');
    put(':');
    if (layout.hasBlankBehindColon()) {
      put(' ');
    }
  }

  /** What is before a part, and room for some bytes behind it. */
  private void separate(int more) {
    room(more + 2);
    if (depth == 0) {
      return;
    }
    if (!isEmpty) {
      put(',');
      if (layout.hasBlankBehindComma()) {
        put(' ');
      }
      if (layout == JsonLayout.MAP) {
        put('\n');
      }
    } else if (layout.hasBlankAtStart()) {
      put(' ');
    }
    if (layout == JsonLayout.LINES) {
      newLine(more);
    }
    isEmpty = false;
  }

  private void newLine(int more) {
    String line = depth < NEW_LINES.length ? NEW_LINES[depth] : "\n" + INDENT.repeat(depth);
    room(line.length() + more);
    ascii(line);
  }

  private void quoted(String value) {
    int length = value.length();
    room(length + 2);
    put('"');
    int plain = 0;
    while (plain < length && isPlain(value.charAt(plain))) {
      plain++;
    }
    if (plain == length) {
      ascii(value);
    } else {
      escaped(value);
    }
    room(1);
    put('"');
  }

  private static boolean isPlain(char c) {
    return c >= ' ' && c < DELETE && c != '"' && c != '\\';
  }

  private void escaped(String value) {
    int length;
    for (int at = 0; at < value.length(); at += length) {
      int c = value.codePointAt(at);
      quoted(c);
      length = Character.charCount(c);
    }
  }

  /** What a terminal would obey is escaped too, so that JSON can be looked at; it is the same. */
  private void quoted(int c) {
    room(2 * MAX_ESCAPE);
    switch (c) {
      case '"', '\\' -> escape(c);
      case '\b' -> escape('b');
      case '\t' -> escape('t');
      case '\n' -> escape('n');
      case '\f' -> escape('f');
      case '\r' -> escape('r');
      default -> {
        if (c >= ' ' && c < DELETE) {
          put((char) c);
        } else if (Printable.isDangerous(c)) {
          for (char half : Character.toChars(c)) {
            hexadecimal(half);
          }
        } else {
          byte[] bytes = Character.toString(c).getBytes(UTF_8);
          System.arraycopy(bytes, 0, buffer, used, bytes.length);
          used += bytes.length;
        }
      }
    }
  }

  private void hexadecimal(char c) {
    ascii("\\u");
    for (int shift = 12; shift >= 0; shift -= 4) {
      buffer[used++] = HEX[c >> shift & 0xf];
    }
  }

  private void escape(int letter) {
    buffer[used++] = '\\';
    buffer[used++] = (byte) letter;
  }

  private void put(char ascii) {
    buffer[used] = (byte) ascii;
    used++;
  }

  @SuppressWarnings("deprecation") // It is the one that makes no array, and ours are all of ASCII.
  private void ascii(String text) {
    text.getBytes(0, text.length(), buffer, used);
    used += text.length();
  }

  private void room(int bytes) {
    if (buffer.length - used < bytes) {
      buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, used + bytes));
    }
  }
}
