package io.github.qcow2tostdout.report;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Successive objects of an array, each in one line: the rows of a table. There may be millions of
 * them, and Jackson's generator takes several times as long for them.
 */
final class JsonRows {
  private static final int ENOUGH = 32 << 10;

  private final OutputStream out;
  private byte[] buffer = new byte[ENOUGH * 2];
  private int used;

  /** Where the fields of the row start. */
  private int fields;

  /** Rows that are written to an output. */
  JsonRows(OutputStream out) {
    this.out = out;
  }

  /**
   * Starts a row.
   *
   * @param separator what is between it and what is before it
   */
  void begin(String separator) {
    room(separator.length() + 1);
    ascii(separator);
    put('{');
    fields = used;
  }

  /** Ends it. */
  void end() throws IOException {
    room(1);
    put('}');
    if (used > ENOUGH) {
      flush();
    }
  }

  /** Writes what there is. */
  void flush() throws IOException {
    out.write(buffer, 0, used);
    used = 0;
  }

  /** An unsigned number. */
  void number(String name, long value) {
    name(name, Digits.MAX);
    used = Digits.decimal(buffer, used, value);
  }

  /** A text. */
  void text(String name, String value) {
    byte[] quoted = JsonEscapes.quoted(value);
    name(name, quoted.length + 2);
    put('"');
    System.arraycopy(quoted, 0, buffer, used, quoted.length);
    used += quoted.length;
    put('"');
  }

  /** {@code true}, {@code false} or {@code null}. */
  void word(String name, String word) {
    name(name, word.length());
    ascii(word);
  }

  private void name(String name, int more) {
    room(name.length() + more + 8);
    if (used > fields) {
      put(',');
      put(' ');
    }
    put('"');
    ascii(name);
    put('"');
    put(':');
    put(' ');
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
