package io.github.qcow2tostdout.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;

/** Text on its way out. Made for many short lines: no object is made for a number. */
final class TextOut {
  private static final int BUFFER = 64 << 10;

  private final ReportOutput out;
  private final byte[] buffer = new byte[BUFFER];
  private int used;
  private long flushed;

  TextOut(ReportOutput out) {
    this.out = out;
  }

  /** How many bytes of text there were. */
  long position() {
    return flushed + used;
  }

  /** A byte of ASCII. */
  TextOut put(char ascii) throws IOException {
    room(1);
    buffer[used] = (byte) ascii;
    used++;
    return this;
  }

  /** Text that is of ASCII, and not long. */
  @SuppressWarnings("deprecation") // It is the one that makes no array.
  TextOut ascii(String text) throws IOException {
    int length = text.length();
    room(length);
    text.getBytes(0, length, buffer, used);
    used += length;
    return this;
  }

  /** Any text. */
  TextOut text(String text) throws IOException {
    int length = text.length();
    if (length > BUFFER) {
      return bytes(text.getBytes(UTF_8));
    }
    room(length);
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        return bytes(text.getBytes(UTF_8));
      }
      buffer[used + i] = (byte) c;
    }
    used += length;
    return this;
  }

  /** An unsigned number. */
  TextOut decimal(long number) throws IOException {
    room(Digits.MAX);
    used = Digits.decimal(buffer, used, number);
    return this;
  }

  /** An unsigned number as in {@code 0x1f}. */
  TextOut hex(long number) throws IOException {
    put('0').put('x');
    return hexDigits(number, Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(number) + 3) / 4));
  }

  /** An unsigned number in hexadecimal, with zeroes in front. */
  TextOut hexDigits(long number, int digits) throws IOException {
    room(Digits.MAX);
    used = Digits.hex(buffer, used, number, digits);
    return this;
  }

  /** Blanks up to a width, counted from a {@link #position}. */
  TextOut pad(long from, int width) throws IOException {
    int missing = (int) Math.max(0, from + width - position());
    room(missing);
    for (int end = used + missing; used < end; used++) {
      buffer[used] = ' ';
    }
    return this;
  }

  /** The end of the line. */
  TextOut line() throws IOException {
    return put('\n');
  }

  /** Gives what there is to the output. */
  void flush() throws IOException {
    int count = used;
    flushed += count;
    used = 0;
    out.write(buffer, 0, count);
    out.flush();
  }

  private TextOut bytes(byte[] bytes) throws IOException {
    flush();
    out.write(bytes, 0, bytes.length);
    flushed += bytes.length;
    return this;
  }

  private void room(int bytes) throws IOException {
    if (buffer.length - used < bytes) {
      flush();
    }
  }
}
