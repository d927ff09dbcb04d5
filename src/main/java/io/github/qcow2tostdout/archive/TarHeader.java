package io.github.qcow2tostdout.archive;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * The headers of members of a tar: ustar's, and before it pax's where a name, a size or a number is
 * beyond what ustar can say.
 *
 * <p>Source: POSIX.1-2017, pax, "ustar Interchange Format" and "pax Extended Header".
 *
 * <pre>
 *   0 name      100    124 size      12    257 magic     6    329 devmajor  8
 * 100 mode        8    136 mtime     12    263 version   2    337 devminor  8
 * 108 uid         8    148 chksum     8    265 uname    32    345 prefix  155
 * 116 gid         8    156 typeflag   1    297 gname    32    500
 * </pre>
 */
final class TarHeader {
  /** Headers and contents are padded to it. */
  static final int BLOCK = 512;

  /** The largest size that ustar can say: one byte less than 8 GiB. */
  static final long MAX_SIZE = (1L << 33) - 1;

  private static final long MAX_ID = (1L << 21) - 1;
  private static final int NAME_LENGTH = 100;
  private static final int PREFIX_OFFSET = 345;
  private static final int PREFIX_LENGTH = 155;
  private static final int PAX_MODE = 0644;

  private static final char FILE = '0';
  private static final char DIRECTORY = '5';
  private static final char EXTENDED = 'x';

  private TarHeader() {}

  /** Those of a file. */
  static byte[] ofFile(String name, long size, TarAttributes attributes) {
    return of(FILE, name, size, attributes);
  }

  /** Those of a directory; its name ends in a slash. */
  static byte[] ofDirectory(String name, TarAttributes attributes) {
    return of(DIRECTORY, name, 0, attributes);
  }

  private static byte[] of(char type, String name, long size, TarAttributes attributes) {
    ByteArrayOutputStream headers = new ByteArrayOutputStream();
    byte[] path = name.getBytes(UTF_8);
    int split = split(path);
    byte[] records = records(name, split < 0, size, attributes);
    if (records.length > 0) {
      TarAttributes plain = new TarAttributes(PAX_MODE, 0, 0, attributes.modified());
      byte[] paxName = "PaxHeader".getBytes(US_ASCII);
      headers.writeBytes(ustar(EXTENDED, paxName, 0, records.length, plain));
      headers.writeBytes(Arrays.copyOf(records, -(-records.length & -BLOCK)));
    }
    headers.writeBytes(ustar(type, path, Math.max(split, 0), size, attributes));
    return headers.toByteArray();
  }

  /** Where the rest of a name begins behind its prefix; 0 for no prefix, -1 if it does not fit. */
  private static int split(byte[] path) {
    if (path.length <= NAME_LENGTH) {
      return 0;
    }
    for (int at = path.length - NAME_LENGTH - 1;
        at <= PREFIX_LENGTH && at < path.length - 1;
        at++) {
      if (path[at] == '/') {
        return at + 1;
      }
    }
    return -1;
  }

  private static byte[] records(
      String name, boolean longName, long size, TarAttributes attributes) {
    StringBuilder records = new StringBuilder();
    if (longName) {
      append(records, "path", name);
    }
    if (size > MAX_SIZE) {
      append(records, "size", Long.toString(size));
    }
    if (attributes.owner() > MAX_ID) {
      append(records, "uid", Long.toString(attributes.owner()));
    }
    if (attributes.group() > MAX_ID) {
      append(records, "gid", Long.toString(attributes.group()));
    }
    return records.toString().getBytes(UTF_8);
  }

  /** A record says its own length, the digits of that included. */
  private static void append(StringBuilder records, String key, String value) {
    int rest = " =\n".length() + key.length() + value.getBytes(UTF_8).length;
    int length = rest + 1;
    while (length != rest + Integer.toString(length).length()) {
      length = rest + Integer.toString(length).length();
    }
    records.append(length).append(' ').append(key).append('=').append(value).append('\n');
  }

  private static byte[] ustar(
      char type, byte[] path, int split, long size, TarAttributes attributes) {
    byte[] header = new byte[BLOCK];
    System.arraycopy(path, split, header, 0, Math.min(path.length - split, NAME_LENGTH));
    // The slash between the two is in neither.
    System.arraycopy(path, 0, header, PREFIX_OFFSET, Math.max(0, split - 1));
    octal(header, 100, 8, type == DIRECTORY ? attributes.mode() | 0111 : attributes.mode());
    octal(header, 108, 8, attributes.owner() > MAX_ID ? 0 : attributes.owner());
    octal(header, 116, 8, attributes.group() > MAX_ID ? 0 : attributes.group());
    octal(header, 124, 12, size > MAX_SIZE ? 0 : size);
    octal(header, 136, 12, attributes.modified());
    header[156] = (byte) type;
    text(header, 257, "ustar");
    text(header, 263, "00");
    octal(header, 329, 8, 0);
    octal(header, 337, 8, 0);
    // The checksum is taken with blanks in its place.
    text(header, 148, " ".repeat(8));
    int sum = 0;
    for (byte value : header) {
      sum += value & 0xff;
    }
    octal(header, 148, 7, sum);
    return header;
  }

  /** Digits, and a zero byte behind them. */
  private static void octal(byte[] header, int offset, int length, long value) {
    String digits = Long.toOctalString(value);
    text(header, offset, "0".repeat(length - 1 - digits.length()) + digits + "\0");
  }

  private static void text(byte[] header, int offset, String text) {
    byte[] bytes = text.getBytes(US_ASCII);
    System.arraycopy(bytes, 0, header, offset, bytes.length);
  }
}
