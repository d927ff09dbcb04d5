package io.github.qcow2tostdout.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
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

  /** A part of an image is the bytes of a dump, and zeroes up to its end. */
  public static void assertBytes(String dump, byte[] image, int from, int to) {
    byte[] expected = Arrays.copyOf(bytes(dump), to - from);
    assertEquals(dump(expected), dump(Arrays.copyOfRange(image, from, to)));
  }
}
