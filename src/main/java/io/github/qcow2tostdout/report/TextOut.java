package io.github.qcow2tostdout.report;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Text on its way out. Made for many short lines: no object is made for a number. */
public final class TextOut {
  private static final int BUFFER = 64 << 10;
  private static final VarHandle BYTES =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final ReportOutput out;
  private final byte[] buffer = new byte[BUFFER];
  private int used;
  private long flushed;

  public TextOut(ReportOutput out) {
    this.out = out;
  }

  /** How many bytes of text there were. */
  public long position() {
    return flushed + used;
  }

  /** A byte of ASCII. */
  public TextOut put(char ascii) throws IOException {
    room(1);
    buffer[used] = (byte) ascii;
    used++;
    return this;
  }

  /** A short text of ASCII as {@link #ascii} takes it. */
  static byte[] encoded(String text) {
    return text.getBytes(US_ASCII);
  }

  /** Text that was {@linkplain #encoded encoded} before. */
  TextOut ascii(byte[] text) throws IOException {
    room(text.length);
    System.arraycopy(text, 0, buffer, used, text.length);
    used += text.length;
    return this;
  }

  /** Any text. */
  public TextOut text(String text) throws IOException {
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
    if (number >= 0 && number < 10_000) {
      return fourDigits((int) number);
    }
    used = Digits.decimal(buffer, used, number);
    return this;
  }

  /** A number below 10000, which most indexes are. */
  private TextOut fourDigits(int number) {
    int at = used;
    if (number >= 1000) {
      buffer[at++] = (byte) ('0' + number / 1000);
    }
    if (number >= 100) {
      buffer[at++] = (byte) ('0' + number / 100 % 10);
    }
    if (number >= 10) {
      buffer[at++] = (byte) ('0' + number / 10 % 10);
    }
    buffer[at] = (byte) ('0' + number % 10);
    used = at + 1;
    return this;
  }

  /** An unsigned number as in {@code 0x1f}. */
  public TextOut hex(long number) throws IOException {
    return put('0').put('x').hexNumber(number);
  }

  /** An unsigned number in hexadecimal, with no zeroes in front. */
  TextOut hexNumber(long number) throws IOException {
    return hexDigits(number, Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(number) + 3) / 4));
  }

  /** An unsigned number in hexadecimal, with zeroes in front; at most 16 digits. */
  TextOut hexDigits(long number, int digits) throws IOException {
    room(Digits.MAX);
    // Eight digits at a time, the first ones first; what stands behind the last is written over.
    long left = number << (Long.SIZE - 4 * digits);
    BYTES.set(buffer, used, eightDigits(left >>> Integer.SIZE));
    BYTES.set(buffer, used + Long.BYTES, eightDigits(left & 0xffff_ffffL));
    used += digits;
    return this;
  }

  /**
   * Starts a line that was {@linkplain #encoded encoded} before; until its {@link #end} numbers may
   * be put inside.
   *
   * @param more bytes that come behind it, beside one number
   */
  void start(byte[] line, int more) throws IOException {
    room(line.length + Digits.MAX + more);
    System.arraycopy(line, 0, buffer, used, line.length);
  }

  /** Puts the 16 hexadecimal digits of a number inside a line. */
  void hexInside(int at, long number) {
    BYTES.set(buffer, used + at, eightDigits(number >>> Integer.SIZE));
    BYTES.set(buffer, used + at + Long.BYTES, eightDigits(number & 0xffff_ffffL));
  }

  /** Puts the digits of a number that is not negative inside a line, the last one before an end. */
  void decimalInside(int end, long number) {
    Digits.before(buffer, used + end, number);
  }

  /** Ends what was started; more may follow. */
  TextOut end(int length) {
    used += length;
    return this;
  }

  /** The digits of 32 bits as ASCII, a byte each. */
  private static long eightDigits(long bits) {
    long digits = (bits | bits << 16) & 0x0000_ffff_0000_ffffL;
    digits = (digits | digits << 8) & 0x00ff_00ff_00ff_00ffL;
    digits = (digits | digits << 4) & 0x0f0f_0f0f_0f0f_0f0fL;
    // Adding 6 carries into bit 4 where a digit is a letter, which is 39 behind where '9' + 1 is.
    long letters = ((digits + 0x0606_0606_0606_0606L) >>> 4) & 0x0101_0101_0101_0101L;
    return digits + 0x3030_3030_3030_3030L + letters * ('a' - '0' - 10);
  }

  /** Blanks up to a width, counted from a {@link #position}. */
  public TextOut pad(long from, int width) throws IOException {
    int missing = (int) Math.max(0, from + width - position());
    room(missing);
    Arrays.fill(buffer, used, used + missing, (byte) ' ');
    used += missing;
    return this;
  }

  /** The end of the line. */
  public TextOut line() throws IOException {
    return put('\n');
  }

  /** Gives what there is to the output. */
  public void flush() throws IOException {
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
