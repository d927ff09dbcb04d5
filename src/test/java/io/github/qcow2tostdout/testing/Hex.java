package io.github.qcow2tostdout.testing;

import java.util.HexFormat;

/** Bytes written out by hand. */
public final class Hex {
  private Hex() {}

  /**
   * The bytes of a dump.
   *
   * @param dump lines of hexadecimal digits with spaces anywhere; what follows {@code |} in a line
   *     is a comment
   */
  public static byte[] bytes(String dump) {
    StringBuilder digits = new StringBuilder();
    dump.lines()
        .map(line -> line.replaceFirst("\\|.*", "").replace(" ", ""))
        .forEach(digits::append);
    return HexFormat.of().parseHex(digits);
  }

  /** A dump without comments, 16 bytes a line: two of them compare well. */
  public static String dump(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < bytes.length; i++) {
      text.append(HexFormat.of().toHexDigits(bytes[i])).append(i % 16 == 15 ? '\n' : ' ');
    }
    return text.toString();
  }
}
